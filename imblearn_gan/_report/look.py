"""What a report looks at: rows drawn once, for all sections."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.utils import _safe_indexing

from imblearn_gan.inspection._common import draw, generated_classes, read

#: Fewest rows that are drawn of a class, so that figures say something.
MIN_ROWS = 50


@dataclass
class Look:
    """A sampler, the real rows and generated ones.

    Attributes
    ----------
    sampler : BaseGANOversampler
        The sampler.

    given : tuple
        X and y, as they were given.

    X, made : {ndarray, dataframe, sparse matrix}
        Real and generated rows in native form.

    y, made_y : ndarray of int
        Their class codes.

    real_values, made_values : ndarray of shape (n_samples, n_values)
        The same rows, encoded, in [-1, 1].

    shown : list of int
        Codes of the classes that pictures show.

    max_rows : int
        Most rows of a projection.

    random_state : object
        That of the report.
    """

    sampler: Any
    given: tuple[Any, Any]
    X: Any
    y: np.ndarray
    made: Any
    made_y: np.ndarray
    real_values: np.ndarray
    made_values: np.ndarray
    shown: list[int]
    max_rows: int
    random_state: Any

    @property
    def codec(self) -> Any:
        """The codec of the rows."""
        return self.sampler.codec_

    @property
    def classes(self) -> np.ndarray:
        """The labels."""
        return self.sampler.classes_

    @property
    def what(self) -> str:
        """What the rows are."""
        return "images" if self.codec.is_image else "rows"

    @property
    def generated(self) -> list[int]:
        """Codes of the classes that are generated."""
        return np.unique(self.made_y).tolist()

    def rows_of(self, k: int, n: int) -> tuple[Any, Any]:
        """Return the first real and generated rows of a class."""
        return (
            _safe_indexing(self.X, np.flatnonzero(self.y == k)[:n]),
            _safe_indexing(self.made, np.flatnonzero(self.made_y == k)[:n]),
        )


def look_at(
    sampler: Any, X: Any, y: Any, max_rows: int, max_classes: int, random_state: Any
) -> Look:
    """Draw about as many rows of each generated class as there are real ones."""
    rows, codes = read(sampler, X, y)
    counts = np.bincount(codes, minlength=len(sampler.classes_))
    generated = generated_classes(sampler)
    wanted = {k: min(max_rows, max(MIN_ROWS, int(counts[k]))) for k in generated}
    made, made_y = draw(sampler, wanted, random_state)
    codec = sampler.codec_
    real_values, made_values = (
        codec.encode(part).reshape(part.shape[0], -1) for part in (rows, made)
    )
    shown = sorted(sorted(generated, key=lambda k: counts[k])[:max_classes])
    return Look(
        sampler,
        (X, y),
        rows,
        codes,
        made,
        made_y,
        real_values,
        made_values,
        shown,
        max_rows,
        random_state,
    )
