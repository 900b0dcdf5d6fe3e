"""BAGAN-GP: an embedding of the label and a gradient penalty."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from sklearn.utils._param_validation import StrOptions
from torch import Tensor, nn

from imblearn_gan._docs import documented
from imblearn_gan.data import DataSpec
from imblearn_gan.games.embedding import EmbeddingGame, EmbeddingTurn
from imblearn_gan.networks import BAGANGPFamily, DCGANFamily, Encoder, MLPFamily
from imblearn_gan.presets import check_version, from_preset
from imblearn_gan.training import Batch


@documented
@dataclass(kw_only=True, eq=False, repr=False)
class BAGANGPOversampler(EmbeddingGame):
    """Balancing GAN with gradient penalty (BAGAN-GP).

    The code of a row is multiplied by a learnt embedding of its label before it is decoded, so
    that the autoencoder learns where the classes differ; decoder and embedding become the
    generator. The discriminator says whether a row is a real one *of the class named*: it also
    sees real rows under wrong labels. A gradient penalty keeps it smooth [1]_.

    Parameters
    ----------
    {data}

    autoencoder : {'supervised', 'unsupervised'}, default='supervised'
        ``'supervised'``: codes are multiplied by the embedding of the label, the paper's v3.
        ``'unsupervised'``: the autoencoder knows no label, the paper's v1 and v2. With
        ``pretrain_iter=0`` there is none.

    balance : {'batches', 'labels'} or None, default='batches'
        ``'batches'``: every class is equally likely among the real rows of a batch and among the
        labels of generated ones, and real rows are shown under wrong labels, too, eq. (14)-(15)
        of BAGAN-GP. ``'labels'``: the same with real rows as they come, the paper's way. None
        draws labels of generated rows as the real ones come and leaves wrong labels out, eq.
        (12)-(13).

    n_discriminator_steps : int, default=2
        Updates of the discriminator to one of the generator. The paper has 5.

    {game}

    {result}

    {run}

    Attributes
    ----------
    {attributes}

    See Also
    --------
    CAPGANOversampler : With a variational autoencoder, trained on balanced batches.
    BAGANOversampler : With one softmax over classes and 'generated'.

    Notes
    -----
    With ``codes='interpolated'`` a fitted sampler holds the codes of the real rows.

    ``architecture='paper'`` is for images of 32x32 and 64x64.

    Differences from the paper: its codes are standard normal, its batches as they come, its
    weights the last ones; :meth:`paper` has the settings of its versions. Adam's betas are 0.5
    and 0.9, the weight of the penalty is 10, as in the paper. The autoencoder's loss is the
    squared error of the paper, where its authors' code has the absolute one.

    References
    ----------
    .. [1] G. Huang and A. H. Jafari, "Enhanced balancing GAN: minority-class image
       generation", Neural Computing and Applications, 2021.

    Examples
    --------
    >>> from collections import Counter
    >>> from sklearn.datasets import make_classification
    >>> from imblearn_gan import BAGANGPOversampler
    >>> X, y = make_classification(n_samples=200, weights=[0.9, 0.1], random_state=0)
    >>> sampler = BAGANGPOversampler(pretrain_iter=50, max_iter=50, random_state=0)
    >>> X_res, y_res = sampler.fit_resample(X, y)
    >>> counts = Counter(y_res.tolist())
    >>> counts[0] == counts[1]
    True
    """

    _families: ClassVar[dict] = {"mlp": MLPFamily, "conv": DCGANFamily, "paper": BAGANGPFamily}

    _of_autoencoder: ClassVar[dict] = {"autoencoder": "supervised"}

    autoencoder: str = "supervised"
    discriminator_init: str = "random"

    _parameter_constraints: ClassVar[dict] = {
        **EmbeddingGame._parameter_constraints,
        "autoencoder": [StrOptions({"supervised", "unsupervised"})],
    }

    @classmethod
    def paper(
        cls, *, version: str = "v3", n_samples: int = 42_000, **changes: Any
    ) -> BAGANGPOversampler:
        """Return the sampler with the settings of its paper, see :mod:`imblearn_gan.presets`.

        Networks are the authors', for images of 64x64, and of 32x32; resize others, as the paper
        does, to 64x64. Adam's betas are fixed, no parameter: 0.5 and 0.9, the paper's, in the
        autoencoder's training and in the game. Not expressed: a wrong label is never the true one
        here, in the paper it can be.

        Parameters
        ----------
        version : {'v1', 'v2', 'v3', 'cDRAGAN'}, default='v3'
            ``'v1'``: an autoencoder without labels, generated rows under the real rows' labels,
            eq. (12)-(13). ``'v2'``: uniform labels and wrong ones, eq. (14)-(15). ``'v3'``: v2
            with the supervised autoencoder. ``'cDRAGAN'``: v1 without an autoencoder.

        n_samples : int, default=42_000
            Rows of the training set, which turn epochs into updates. The paper's balanced
            Fashion-MNIST has 42,000, the imbalanced one 7,250.

        {changes}

        Examples
        --------
        >>> from imblearn_gan import BAGANGPOversampler
        >>> BAGANGPOversampler.paper(version="v2").autoencoder
        'unsupervised'
        """
        check_version(version, ("v1", "v2", "v3", "cDRAGAN"))
        return from_preset(cls, f"BAGAN-GP {version}", changes, n_samples=n_samples)

    def _encoder(self, spec: DataSpec) -> nn.Module:
        trunk, n_features = self._trunk(spec)
        family: Any = self._family(spec)
        head = None
        if hasattr(family, "code_layers"):
            head = family.code_layers(n_features, self.latent_dim)
        return Encoder(trunk, n_features, self.latent_dim, head)

    def _autoencoder_losses(self, networks: nn.ModuleDict, batch: Batch) -> dict[str, Tensor]:
        generator: Any = networks["generator"]
        z = networks["encoder"](batch.x, batch.y)
        supervised = self.autoencoder == "supervised"
        decoded = generator(z, batch.y) if supervised else generator.decoder(z)
        return {"reconstruction": (decoded.float() - batch.x).square().mean()}

    def _penalised(self, turn: EmbeddingTurn) -> Tensor:
        return turn.made
