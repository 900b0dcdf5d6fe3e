"""A sampler that trains in milliseconds, data for it, and what must hold of every result."""

from collections import Counter
from dataclasses import dataclass

import numpy as np
import torch
from scipy import sparse
from torch import nn

from imblearn_gan import BaseGANOversampler
from imblearn_gan.callbacks import Callback
from imblearn_gan.networks import resolve_family
from imblearn_gan.training import Phase, Player


@dataclass(kw_only=True, eq=False, repr=False)
class TinySampler(BaseGANOversampler):
    """A game with one player: a conditional decoder that imitates rows of its class."""

    _kept_networks = ("generator",)

    latent_dim: int = 2

    def _build_networks(self, spec, n_to_make):
        family = resolve_family(self.architecture, spec)
        generator = family.decoder(spec, self.latent_dim + spec.n_classes)
        return nn.ModuleDict({"generator": generator})

    def _codes(self, y):
        z = torch.randn(len(y), self.latent_dim, device=y.device)
        return torch.cat([z, nn.functional.one_hot(y, len(self.classes_)).float()], dim=1)

    def _phases(self, networks, data):
        generator = networks["generator"]

        def losses(batch):
            return {"real": (generator(self._codes(batch.y)) - batch.x).square().mean()}

        def draw():
            return data.draw(self.batch_size, balanced=True)

        player = Player("generator", {"generator": generator}, losses, draw, self.learning_rate)
        yield Phase("adversarial", [player], self.max_iter)

    def _generate(self, networks, y):
        return networks["generator"](self._codes(y))


class NeedsThreeRows(TinySampler):
    """A method that cannot learn from fewer than three rows of a class."""

    _min_class_size = 3


def tiny(**params):
    """A small TinySampler."""
    return TinySampler(
        **{"max_iter": 3, "batch_size": 8, "latent_dim": 2, "random_state": 0} | params
    )


class Recorder(Callback):
    """Remembers what was called, with phase and iteration."""

    def __init__(self):
        self.events = []

    def on_fit_begin(self):
        self.events.append("fit_begin")

    def on_phase_begin(self, state):
        self.events.append(("phase_begin", state.phase, state.iteration))

    def on_log(self, state):
        self.events.append(("log", state.phase, state.iteration))

    def on_phase_end(self, state):
        self.events.append(("phase_end", state.phase, state.iteration))

    def on_fit_end(self):
        self.events.append("fit_end")


class Interrupt(Callback):
    """Ctrl-C at the first record."""

    def on_log(self, state):
        raise KeyboardInterrupt


def labels(*counts):
    """Shuffled integer labels: ``counts[i]`` times i."""
    y = np.repeat(np.arange(len(counts)), counts)
    return np.random.RandomState(1).permutation(y)


def images(n, *shape, dtype=np.uint8):
    """Random images."""
    values = np.random.RandomState(0).randint(0, 256, size=(n, *shape))
    return (values > 127) if np.dtype(dtype).kind == "b" else values.astype(dtype)


def class_codes(y):
    """Labels as a list of plain values; one-hot columns as column numbers."""
    y = y.to_numpy() if hasattr(y, "to_numpy") else np.asarray(y)
    return y.argmax(axis=1).tolist() if y.ndim == 2 and y.shape[1] > 1 else y.ravel().tolist()


def columns_of(X):
    """Columns (pixels) as lists of plain values."""
    if hasattr(X, "iloc"):
        return [X.iloc[:, i].tolist() for i in range(X.shape[1])]
    if sparse.issparse(X):
        X = X.toarray()
    X = np.array(X, dtype=object) if isinstance(X, list) else X
    return X.reshape(len(X), -1).T.tolist()


def assert_same(first, second):
    """The same container with the same types and bits."""
    assert type(first) is type(second)
    if hasattr(first, "iloc"):
        import pandas as pd

        check = pd.testing.assert_frame_equal if first.ndim == 2 else pd.testing.assert_series_equal
        check(first, second, check_exact=True)
    elif sparse.issparse(first):
        assert first.dtype == second.dtype
        assert first.shape == second.shape
        assert (first != second).nnz == 0
    elif isinstance(first, list):
        assert first == second
    else:
        assert first.dtype == second.dtype
        assert first.shape == second.shape
        assert first.tolist() == second.tolist()
        if first.dtype.kind == "f":
            assert np.signbit(first).tolist() == np.signbit(second).tolist()


def head(rows, n):
    """The first n rows, indexed from 0."""
    return rows.iloc[:n] if hasattr(rows, "iloc") else rows[:n]


def in_order(rows):
    """Rows of a frame indexed from 0; other containers as they are."""
    return rows.reset_index(drop=True) if hasattr(rows, "iloc") else rows


def assert_oversampled(sampler, X, y, X_res, y_res):
    """Everything that must hold of ``X_res, y_res = sampler.fit_resample(X, y)``."""
    n = len(class_codes(y))
    assert_same(head(X_res, n), in_order(X))
    assert_same(head(y_res, n), in_order(y))

    before, after = Counter(class_codes(y)), Counter(class_codes(y_res))
    assert dict(after - before) == {k: v for k, v in sampler.sampling_strategy_.items() if v}
    source = sampler.sample_source_.tolist()
    assert source[:n] == list(range(n))
    assert sampler.synthetic_mask_.tolist() == [i < 0 for i in source]
    replay = sampler.replay
    assert sum(i < 0 for i in source) == sum(
        m - int(replay * m) for m in sampler.sampling_strategy_.values()
    )

    real, resampled = columns_of(X), columns_of(X_res)
    assert len(resampled) == len(real)
    for seen, values in zip(real, resampled):
        assert len(values) == sum(after.values())
        assert_values_like(seen, values[n:])


def assert_values_like(seen, made):
    """Values of one column: of a type that was seen, within its range, or one of its categories."""
    assert {type(value) for value in made} <= {type(value) for value in seen}
    if any(isinstance(value, (str, bool)) for value in seen):
        assert set(made) <= set(seen)
    elif made:
        assert min(seen) <= min(made)
        assert max(made) <= max(seen)
