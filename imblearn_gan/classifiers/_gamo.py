"""GAMO's end product: the classifier that has played the game."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from imblearn_gan._docs import documented
from imblearn_gan._estimator import NetworkEstimator
from imblearn_gan.classifiers._base import NetworkClassifier
from imblearn_gan.games.gamo import GAMOGame


@documented
@dataclass(kw_only=True, eq=False, repr=False)
class GAMOClassifier(NetworkClassifier, GAMOGame):
    """Classifier trained by Generative Adversarial Minority Oversampling (GAMO).

    The classifier M, with the feature extractor F on images, of GAMO's game [1]_: while it
    learns, a convex generator makes rows of the minority classes where it errs, and a
    discriminator keeps them inside their class. The set of rows is never written out: this is
    the end-to-end product of the paper, where :class:`~imblearn_gan.GAMOOversampler` gives the
    balanced set to any other classifier.

    Parameters
    ----------
    {data}

    {gamo}

    max_iter : int or 'auto', default='auto'
        Iterations of the game. ``'auto'`` is 2000; the paper has 25,000 on images.

    learning_rate : float or 'auto', default='auto'
        Step size of Adam (with beta_1 = 0.5) for all players. ``'auto'`` is 0.001; the paper has
        2e-4.

    {game}

    {run}

    Attributes
    ----------
    {classifier_attributes}

    See Also
    --------
    GAMOOversampler : The balanced set itself, for any classifier.

    Notes
    -----
    Like every classifier that is trained on a balanced set it overstates the rare classes'
    probabilities with respect to the original data. ``learnt_shares_`` says on which scale they
    are: :class:`~imblearn_gan.ResampledClassifier` and
    :func:`~imblearn_gan.resampled.shift_priors` carry them over to the true shares. Generated
    rows lie where M errs, not where their class does, so this is right in the mean alone, and
    about.

    With ``architecture='mlp'`` images are treated as flattened rows, the paper's variant
    without F. The convolutions are the authors', so ``'paper'`` is ``'conv'``. Without minority
    classes (a balanced set) M and F learn from the real rows alone.

    Differences from the paper: defaults that differ from the paper's are said at each parameter;
    :meth:`paper` has the paper's settings.

    References
    ----------
    .. [1] S. S. Mullick, S. Datta and S. Das, "Generative Adversarial Minority Oversampling",
       ICCV 2019.

    Examples
    --------
    >>> from sklearn.datasets import load_breast_cancer
    >>> from imblearn_gan import GAMOClassifier
    >>> X, y = load_breast_cancer(return_X_y=True)
    >>> classifier = GAMOClassifier(max_iter=100, random_state=0).fit(X, y)
    >>> classifier.score(X, y) > 0.9
    True
    """

    _auto: ClassVar[dict[str, tuple[Any, Any]]] = NetworkEstimator._auto | {
        "max_iter": (2000, 2000),
        "learning_rate": (1e-3, 1e-3),
    }

    batch_size: Any = "auto"  # NetworkClassifier, which comes first, has the number

    def _shares(self, counts: np.ndarray, added: np.ndarray) -> np.ndarray:
        """Return what real and generated rows of each class weigh in M's loss."""
        weight = 1.0 if self.generated_weight is None else self.generated_weight
        if self.balance is None:
            return counts / counts.sum() + weight * added / max(added.sum(), 1)
        return 1.0 + weight * (added > 0)
