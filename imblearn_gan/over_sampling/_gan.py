"""One vanilla GAN a class."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import torch
from imblearn.utils import Substitution
from sklearn.utils._param_validation import StrOptions
from torch import Tensor, nn

from imblearn_gan._training import Phase, TrainingData
from imblearn_gan._training._batches import Batch
from imblearn_gan.base import SAMPLER_ATTRIBUTES
from imblearn_gan.data import DataSpec
from imblearn_gan.latent import NormalCodes
from imblearn_gan.losses import critic_loss, fooling_loss
from imblearn_gan.networks import Discriminator, Generator, trunk_of
from imblearn_gan.over_sampling._cgan import NOISE_PARAMETERS, NoiseSampler, Turn


@Substitution(**NOISE_PARAMETERS, attributes=SAMPLER_ATTRIBUTES)
class GANOversampler(NoiseSampler):
    """One vanilla GAN for each class that lacks rows, trained on the rows of that class alone.

    The plainest baseline of BAGAN's paper [1]_: nothing is learnt from the other classes, and
    the time grows with the number of classes.

    Parameters
    ----------
    {sampling_strategy}

    {random_state}

    {latent_dim}

    max_iter : int, default=500
        Generator updates of each class; ``n_iter_`` counts those of all classes together.

    {batch_size}

    learning_rate : float, default=2e-4
        Step size of Adam (with beta_1 = 0.5) of the generator.

    {architecture}

    {image_shape}

    {channels}

    {categorical_features}

    loss : {{'non_saturating', 'least_squares', 'hinge'}}, default='non_saturating'
        See :func:`~imblearn_gan.losses.critic_loss`.

    {n_discriminator_steps}

    {discriminator_learning_rate}

    {spectral_norm}

    {augmentation}

    {ema_decay}

    {truncation}

    {device}

    {precision}

    {callbacks}

    {verbose}

    {reject}

    {replay}

    {replay_augmentation}

    Attributes
    ----------
    {attributes}

    See Also
    --------
    CGANOversampler : One GAN for all classes.

    References
    ----------
    .. [1] I. Goodfellow et al., "Generative adversarial nets", NeurIPS 2014.

    Examples
    --------
    >>> from collections import Counter
    >>> from sklearn.datasets import make_classification
    >>> from imblearn_gan import GANOversampler
    >>> X, y = make_classification(n_samples=200, weights=[0.9, 0.1], random_state=0)
    >>> X_res, y_res = GANOversampler(max_iter=50, random_state=0).fit_resample(X, y)
    >>> counts = Counter(y_res.tolist())
    >>> counts[0] == counts[1]
    True
    """

    _parameter_constraints: dict = {
        **{k: v for k, v in NoiseSampler._parameter_constraints.items() if k != "balance"},
        "loss": [StrOptions({"non_saturating", "least_squares", "hinge"})],
    }

    def __init__(
        self,
        *,
        sampling_strategy="auto",
        random_state=None,
        latent_dim=100,
        max_iter=500,
        batch_size=64,
        learning_rate=2e-4,
        architecture="auto",
        image_shape=None,
        channels="auto",
        categorical_features="auto",
        loss="non_saturating",
        n_discriminator_steps=1,
        discriminator_learning_rate=None,
        spectral_norm=False,
        augmentation="auto",
        ema_decay=0.99,
        truncation=1.0,
        device="auto",
        precision="auto",
        callbacks=None,
        verbose=0,
        reject=False,
        replay=0.5,
        replay_augmentation=None,
    ):
        super().__init__(
            sampling_strategy=sampling_strategy,
            random_state=random_state,
            latent_dim=latent_dim,
            max_iter=max_iter,
            batch_size=batch_size,
            learning_rate=learning_rate,
            architecture=architecture,
            image_shape=image_shape,
            channels=channels,
            categorical_features=categorical_features,
            n_discriminator_steps=n_discriminator_steps,
            discriminator_learning_rate=discriminator_learning_rate,
            spectral_norm=spectral_norm,
            augmentation=augmentation,
            ema_decay=ema_decay,
            truncation=truncation,
            device=device,
            precision=precision,
            callbacks=callbacks,
            verbose=verbose,
            reject=reject,
            replay=replay,
            replay_augmentation=replay_augmentation,
        )
        self.loss = loss

    def _discriminator(self, spec: DataSpec) -> nn.Module:
        return Discriminator(*trunk_of(self._family(spec), spec))

    def _build_networks(self, spec: DataSpec, n_to_make: Sequence[int]) -> nn.ModuleDict:
        family = self._family(spec)
        generators, discriminators = nn.ModuleDict(), nn.ModuleDict()
        for code, n in enumerate(n_to_make):
            if n:
                generators[str(code)] = Generator(family.decoder(spec, self.latent_dim))
                discriminators[str(code)] = self._discriminator(spec)
        return nn.ModuleDict({"generator": generators, "discriminator": discriminators})

    def _phases(self, networks: nn.ModuleDict, data: TrainingData) -> Iterator[Phase]:
        generators: Any = networks["generator"]
        discriminators: Any = networks["discriminator"]
        for key, generator in generators.items():
            rows, label = data.rows_of(int(key)), self.classes_[int(key)]

            def draw(rows: slice = rows) -> Batch:
                index = torch.randint(rows.start, rows.stop, (self.batch_size,), device=data.device)
                return Batch(data.x[index], data.y[index])

            yield self._game(
                f"adversarial {label}",
                (generator, discriminators[key]),
                data.spec,
                draw,
            )

    def _discriminator_losses(self, discriminator: Any, see: Any, turn: Turn) -> dict[str, Tensor]:
        real, made = discriminator(see(torch.cat([turn.x, turn.made])), None).chunk(2)
        return {
            "real": critic_loss(real, True, self.loss),
            "generated": critic_loss(made, False, self.loss),
        }

    def _generator_losses(self, discriminator: Any, seen: Tensor, y: Tensor) -> dict[str, Tensor]:
        return {"generated": fooling_loss(discriminator(seen, y), self.loss)}

    def _generate(self, networks: nn.ModuleDict, codes: Tensor) -> Tensor:
        generators: Any = networks["generator"]
        z = NormalCodes(self.latent_dim)(codes, self.truncation)
        rows = torch.empty(len(codes), *self.codec_.spec(()).shape, device=codes.device)
        for code in codes.unique():
            mine = codes == code
            rows[mine] = generators[str(int(code))](z[mine], code)
        return rows
