"""
A method of one's own
=====================

A method is one class: its parameters, its networks, its game, and how it makes rows. Containers,
images, categories, labels, seeds, devices, progress, exact counts and ``sample`` come from the
base. Here a method without a game: an autoencoder whose codes are disturbed. As a script::

    python examples/plot_own_method.py rows.png
"""

# %%
# The class
# ---------
# Parameters are fields of a dataclass. ``documented`` fills the places in braces with the text of
# the parameters that are inherited.
import argparse
from dataclasses import dataclass
from numbers import Integral, Real

import matplotlib.pyplot as plt
import torch
from sklearn.datasets import make_moons
from sklearn.utils._param_validation import Interval
from torch import nn

from imblearn_gan.base import BaseGANOversampler, documented
from imblearn_gan.inspection import ProjectionDisplay
from imblearn_gan.training import Phase, Player

N_KEPT = 1000


@documented
@dataclass(kw_only=True, eq=False, repr=False)
class DisturbedCodesOversampler(BaseGANOversampler):
    """Decode the codes of real rows, a little disturbed.

    Parameters
    ----------
    {data}

    n_codes : int, default=8
        Size of a code.

    noise : float, default=0.1
        Standard deviation of what is added to codes.

    {game}

    {result}

    {run}

    Attributes
    ----------
    {attributes}
    """

    _kept_networks = ("decoder", "codes")

    n_codes: int = 8
    noise: float = 0.1
    replay: float = 0.0

    _parameter_constraints = {
        **BaseGANOversampler._parameter_constraints,
        "n_codes": [Interval(Integral, 1, None, closed="left")],
        "noise": [Interval(Real, 0, None, closed="left")],
    }

    def _build_networks(self, spec, n_to_make):
        family = self._family(spec)
        return nn.ModuleDict(
            {
                "encoder": nn.Sequential(family.encoder(spec, self.n_codes), nn.Tanh()),
                "decoder": family.decoder(spec, self.n_codes),
                "codes": Codes(N_KEPT, self.n_codes),
            }
        )

    def _phases(self, networks, data):
        encoder, decoder = networks["encoder"], networks["decoder"]

        def draw():
            return data.draw(self.batch_size_, balanced=True)

        def losses(batch):
            codes = encoder(batch.x)
            rows = decoder(codes + self.noise * torch.randn_like(codes))
            return {"reconstruction": nn.functional.mse_loss(rows, batch.x)}

        modules = {"encoder": encoder, "decoder": decoder}
        player = Player("autoencoder", modules, losses, draw, self.learning_rate_)
        yield Phase("adversarial", [player], self.max_iter_)
        batch = data.draw(N_KEPT, balanced=True)  # the codes that rows are made from
        with torch.no_grad():
            networks["codes"].keep(encoder(batch.x), batch.y)

    def _generate(self, networks, y):
        codes = networks["codes"].draw(y)
        return networks["decoder"](codes + self.noise * torch.randn_like(codes))


class Codes(nn.Module):
    """Codes of real rows, kept with the networks."""

    def __init__(self, n_kept, n_codes):
        super().__init__()
        self.register_buffer("codes", torch.zeros(n_kept, n_codes))
        self.register_buffer("y", torch.zeros(n_kept, dtype=torch.long))

    def keep(self, codes, y):
        """Keep codes and their classes."""
        self.codes.copy_(codes)
        self.y.copy_(y)

    def draw(self, y):
        """Return a code of each class asked for, at random."""
        same = (self.y == y[:, None]).float()
        return self.codes[torch.multinomial(same, 1).ravel()]


# %%
# It is a sampler like the others
# -------------------------------
parser = argparse.ArgumentParser(description="A method of one's own.")
parser.add_argument("picture", nargs="?", help="where to save the picture of rows (PNG)")
parser.add_argument("--max-iter", type=int, default=1000)
args = parser.parse_args()

X, y = make_moons((300, 40), noise=0.08, random_state=0)
sampler = DisturbedCodesOversampler(max_iter=args.max_iter, random_state=0)
X_res, y_res = sampler.fit_resample(X, y)
print(sampler)
print("rows of each class:", [int((y_res == k).sum()) for k in (0, 1)])

# %%
# Is it right?
# ------------
# ``imblearn_gan.testing.check_sampler(DisturbedCodesOversampler(max_iter=3))`` runs what holds for
# every sampler, imbalanced-learn's and scikit-learn's own checks included. The page on adding a
# method says what else there is.

# %%
# Real rows and generated ones
# ----------------------------
ProjectionDisplay.from_resampled(X_res, y_res, sampler.synthetic_mask_)
if args.picture:
    plt.savefig(args.picture, dpi=150)
