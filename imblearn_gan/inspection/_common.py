"""What the displays have in common: reading rows as a sampler does, and panels."""

from __future__ import annotations

from numbers import Integral
from typing import Any, NamedTuple

import numpy as np
from sklearn.decomposition import PCA
from sklearn.manifold import TSNE
from sklearn.utils import _safe_indexing
from sklearn.utils.validation import check_consistent_length

from imblearn_gan._more_rows import read_rows
from imblearn_gan.base import BaseGANOversampler, check_trained
from imblearn_gan.data import DataCodec, LabelCodec, to_native


class Rows(NamedTuple):
    """Real rows and generated ones, in native form, and their class codes."""

    codec: DataCodec
    classes: np.ndarray
    X_real: Any
    y_real: np.ndarray
    X_generated: Any
    y_generated: np.ndarray


def check_sampler(sampler: Any, method: str = "sample") -> None:
    """Raise if ``sampler`` has not been trained or lacks the method that a display needs."""
    if not isinstance(sampler, BaseGANOversampler) or not hasattr(sampler, method):
        raise TypeError(
            f"sampler must be a sampler of imblearn_gan that has the method {method!r}. Got "
            f"{type(sampler).__name__}."
        )
    check_trained(sampler)


def check_count(name: str, value: Any) -> None:
    """Raise unless ``value`` is a positive integer."""
    if not isinstance(value, Integral) or int(value) < 1:
        raise ValueError(f"{name} must be a positive integer. Got {value!r}.")


def check_method(method: Any) -> None:
    """Raise unless ``method`` says how to find two dimensions."""
    if method not in ("tsne", "pca"):
        raise ValueError(f"method must be 'tsne' or 'pca'. Got {method!r}.")


def in_two_dimensions(z: np.ndarray, method: str, stream: np.random.RandomState) -> np.ndarray:
    """Return positions of vectors by t-SNE, or their first two principal components."""
    on_line = z.shape[1] == 1
    if on_line:
        z = np.pad(z, ((0, 0), (0, 1)))
    reduction: Any = PCA(2, random_state=stream)
    if method == "tsne":
        reduction = TSNE(
            perplexity=min(30, (len(z) - 1) / 3),
            init="random" if on_line else "pca",  # t-SNE never leaves a line it starts on
            random_state=stream,
        )
    return reduction.fit_transform(z)


def read(sampler: BaseGANOversampler, X: Any, y: Any) -> tuple[Any, np.ndarray]:
    """Return rows in native form and class codes, checked against what the sampler has seen."""
    X, y = read_rows(sampler, X), sampler.label_codec_.encode(y)
    check_consistent_length(X, y)
    return X, y


def generated_classes(sampler: BaseGANOversampler) -> list[int]:
    """Return codes of the classes that the sampler can draw."""
    added = sampler.sampling_strategy_
    return [i for i, label in enumerate(sampler.classes_) if added.get(label, 0)]


def draw(
    sampler: BaseGANOversampler, counts: dict[int, int], random_state: Any
) -> tuple[Any, np.ndarray]:
    """Return generated rows in native form and class codes; ``counts`` is by class code."""
    wanted = {sampler.classes_[k]: n for k, n in counts.items()}
    return read(sampler, *sampler.sample(wanted, random_state=random_state))


def split_resampled(X: Any, labels: Any, synthetic_mask: Any, codec: DataCodec) -> Rows:
    """Return real rows and generated ones, those of the mask; the codec learns from all."""
    X, label_codec = to_native(X), LabelCodec()
    y = label_codec.fit_encode(labels)
    mask = np.asarray(synthetic_mask)
    check_consistent_length(X, y, mask)
    if mask.dtype != bool or mask.ndim != 1 or not mask.any() or mask.all():
        raise ValueError(
            "synthetic_mask must be a boolean array that marks some rows, but not all, as "
            "generated: the synthetic_mask_ of a sampler."
        )
    codec.fit(X)
    real, generated = (_safe_indexing(X, np.flatnonzero(rows)) for rows in (~mask, mask))
    return Rows(codec, label_codec.classes_, real, y[~mask], generated, y[mask])


def write_plainly(axes: Any, named: str = "") -> None:
    """Show what is written on axes to the letter: a ``$`` of a label begins no formula.

    ``named`` says whose ticks have names: ``"x"``, ``"y"`` or ``"xy"``.
    """
    texts = [axes.title, axes.xaxis.label, axes.yaxis.label]
    if (legend := axes.get_legend()) is not None:
        texts += legend.get_texts()
    for name in named:
        texts += getattr(axes, f"{name}axis").get_ticklabels()
    for text in texts:
        if "$" in text.get_text():
            text.set_parse_math(False)


def panels(ax: Any, n: int, n_columns: int = 3) -> np.ndarray:
    """Return ``n`` axes: those that were given, or those of a new figure."""
    if ax is None:
        import matplotlib.pyplot as plt

        n_columns = min(n, n_columns)
        n_rows = -(-n // n_columns)
        _, grid = plt.subplots(
            n_rows,
            n_columns,
            figsize=(4 * n_columns, 3 * n_rows),
            squeeze=False,
            layout="constrained",
        )
        for unused in grid.flat[n:]:
            unused.remove()
        return grid.ravel()[:n]
    axes = np.array(ax, dtype=object).ravel()
    if len(axes) != n:
        raise ValueError(f"ax must hold {n} axes, one a panel. Got {len(axes)}.")
    return axes
