"""GAMO, a game of three players."""
from __future__ import annotations

from numbers import Integral, Real
import math
import torch
from sklearn.utils._param_validation import Interval, StrOptions
from torch import nn
from imblearn_gan._training import Phase, Player
from imblearn_gan.base import BaseGANOversampler
from imblearn_gan.losses import classifier_loss, discriminator_loss
from imblearn_gan.networks import ConvexGenerator, dense, resolve_family


class RowStore(nn.Module):
    def __init__(self, rows):
        super().__init__()
        for i, r in rows.items():
            self.register_buffer(f"c{i}", r)


class GAMOOversampler(BaseGANOversampler):
    _kept_networks = ("generator", "rows")

    def _build_networks(self, spec, n_to_make):
        classes = [i for i, n in enumerate(n_to_make) if n]
        c = spec.n_classes
        return nn.ModuleDict(dict(
            generator=ConvexGenerator(self.latent_dim, spec.class_counts, classes),
            classifier=dense([spec.n_values, 256, 128, c]),
            discriminator=dense([spec.n_values + c, 256, 128, 1]),
        ))

    def _phases(self, networks, data):
        g, m, d = (networks[k] for k in ("generator", "classifier", "discriminator"))
        rows = {i: data.x[data.rows_of(i)].flatten(1) for i, n in enumerate(data.n_to_make) if n}
        deficit = data.n_to_make
        uniform = [float(n > 0) for n in deficit]
        C = data.spec.n_classes

        def make(weights):
            counts = data.draw_labels(self.batch_size, weights)
            z = torch.randn(self.batch_size, self.latent_dim, device=data.device)
            y = torch.repeat_interleave(torch.arange(C), torch.tensor(counts)).to(data.device)
            return g(z, counts, rows), data.one_hot(y)

        def draw():
            b = data.draw(self.batch_size)
            with torch.no_grad():
                fake, yf = make(deficit)
            return b.x.flatten(1), data.one_hot(b.y), fake, yf

        def ml(b):
            x, y, fx, fy = b
            return {"real": classifier_loss(m(x), y), "generated": classifier_loss(m(fx), fy)}

        def dl(b):
            x, y, fx, fy = b
            return {"real": discriminator_loss(d(torch.cat([x, y], 1)), .95),
                    "generated": discriminator_loss(d(torch.cat([fx, fy], 1)), .05)}

        def gl(b):
            fx, fy = make(uniform)
            return {"classifier": classifier_loss(m(fx), 1 - fy),
                    "discriminator": discriminator_loss(d(torch.cat([fx, fy], 1)), 1.)}
        lr = self.learning_rate
        yield Phase("adversarial", [
            Player("classifier", [m], ml, draw, lr),
            Player("discriminator", [d], dl, None, lr),
            Player("generator", [g], gl, None, lr)], self.max_iter)
        networks["rows"] = RowStore(rows)

    def _generate(self, networks, codes):
        counts = torch.bincount(codes, minlength=networks["generator"].mapping.n_classes).tolist()
        rows = {int(k[1:]): v for k, v in networks["rows"].named_buffers()}
        z = torch.randn(len(codes), self.latent_dim, device=codes.device)
        return networks["generator"](z, counts, rows)
