"""GAMO's end product: the classifier that has played the game."""

from __future__ import annotations

from imblearn.utils import Substitution

from imblearn_gan.base import SHARED_PARAMETERS
from imblearn_gan.classifiers._base import GameClassifier
from imblearn_gan.over_sampling._gamo import GAMO_PARAMETERS, GAMOMethod


@Substitution(**SHARED_PARAMETERS, **GAMO_PARAMETERS)
class GAMOClassifier(GAMOMethod, GameClassifier):
    """Classifier trained by Generative Adversarial Minority Oversampling (GAMO).

    The classifier M, with the feature extractor F on images, of GAMO's game [1]_: while it
    learns, a convex generator makes rows of the minority classes where it errs, and a
    discriminator keeps them inside their class. The set of rows is never written out: this is
    the end-to-end product of the paper, where :class:`~imblearn_gan.GAMOOversampler` gives the
    balanced set to any other classifier.

    Parameters
    ----------
    {random_state}

    {latent_dim}

    max_iter : int, default=2000
        Iterations of the game. The paper has 25,000 on images.

    {batch_size}

    learning_rate : float, default=1e-3
        Step size of Adam (with beta_1 = 0.5) for all players. The paper has 2e-4.

    {architecture}
        With ``'mlp'`` images are treated as flattened rows, the paper's variant without F.

    {image_shape}

    {channels}

    {categorical_features}

    combine : {{'rows', 'features'}}, default='rows'
        What the generator combines where there is a feature extractor: the rows themselves,
        so that F learns from generated rows, too, or, as in the paper, their features, which F
        gives anew once an epoch while it learns from real rows alone.

    {gamo}

    {discriminator_learning_rate}

    {spectral_norm}

    augmentation : 'auto', list of str, dict or None, default=None
        How real and generated rows are changed before the discriminator sees them, as feature
        vectors or flat rows: by ``'noise'``, or not at all. A dict gives its scale,
        ``{{"noise": {{"scale": 0.1}}}}``; ``'auto'`` is noise for tables and nothing for images.

    {device}

    {precision}

    {callbacks}

    {verbose}

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        The labels, sorted.

    networks_ : torch.nn.ModuleDict
        ``'extractor'`` (F) and ``'classifier'`` (M, one logit a class), on the CPU.

    history_ : list of dict
        One record a logging interval: ``'phase'``, ``'iteration'`` and mean losses.

    n_iter_ : int
        Iterations made.

    n_features_in_ : int
        Number of values in a row (of an image: all pixels of all channels).

    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the columns, for data frames whose names are all strings.

    See Also
    --------
    GAMOOversampler : The balanced set itself, for any classifier.

    Notes
    -----
    Like every classifier that is trained on a balanced set it overstates the rare classes'
    probabilities with respect to the original data.

    Without minority classes (a balanced set) M and F learn from the real rows alone.

    Differences from the paper: one step of the generator minimises the sum of its two losses,
    eq. (6), where Algorithm 1 takes two steps in turn; M and F take one step on real and
    generated rows together. Defaults that differ from the paper's are said at each parameter;
    the paper's game on images is ``GAMOClassifier(loss='least_squares', combine='features',
    n_support=None, tilt=None, misleading='complement', balance=None, adversarial_weight=1,
    generated_weight=1, label_smoothing=0, learning_rate=2e-4, ema_decay=0, lr_decay=False,
    batch_size=32, max_iter=25000)`` (the authors' code smooths D's labels, the paper does not).

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

    _parameter_constraints: dict = {**GAMOMethod._parameter_constraints}

    def __init__(
        self,
        *,
        random_state=None,
        latent_dim=100,
        max_iter=2000,
        batch_size=64,
        learning_rate=1e-3,
        architecture="auto",
        image_shape=None,
        channels="auto",
        categorical_features="auto",
        loss="cross_entropy",
        generator="convex",
        discriminator=True,
        combine="rows",
        n_support=2,
        tilt=2.0,
        misleading="own_class",
        balance="weights",
        adversarial_weight=3.0,
        generated_weight=0.2,
        label_smoothing=0.1,
        ema_decay=0.999,
        lr_decay=True,
        discriminator_learning_rate=None,
        spectral_norm=False,
        augmentation=None,
        device="auto",
        precision="auto",
        callbacks=None,
        verbose=0,
    ):
        super().__init__(
            random_state=random_state,
            latent_dim=latent_dim,
            max_iter=max_iter,
            batch_size=batch_size,
            learning_rate=learning_rate,
            architecture=architecture,
            image_shape=image_shape,
            channels=channels,
            categorical_features=categorical_features,
            device=device,
            precision=precision,
            callbacks=callbacks,
            verbose=verbose,
        )
        self.discriminator_learning_rate = discriminator_learning_rate
        self.spectral_norm = spectral_norm
        self.augmentation = augmentation
        self.loss = loss
        self.generator = generator
        self.discriminator = discriminator
        self.combine = combine
        self.n_support = n_support
        self.tilt = tilt
        self.misleading = misleading
        self.balance = balance
        self.adversarial_weight = adversarial_weight
        self.generated_weight = generated_weight
        self.label_smoothing = label_smoothing
        self.ema_decay = ema_decay
        self.lr_decay = lr_decay
