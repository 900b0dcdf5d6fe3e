"""From what users pass as ``X`` and ``y`` to tensors, and back.

The only place for containers, layout, scaling, clipping, rounding, dtypes and categories.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import prod
from typing import Any

import numpy as np
from imblearn.utils import check_target_type
from scipy import sparse
from sklearn.utils.validation import check_array, column_or_1d

_CHANNELS = (1, 3, 4)
_ROUND_OFF = 1e-6
_CHUNK = 4096


@dataclass(frozen=True)
class DataSpec:
    """The facts about encoded data that networks are built from.

    Attributes
    ----------
    shape : tuple of int
        Shape of one encoded row: ``(n_values,)`` for tables, ``(channels, height, width)``
        for images.

    class_counts : tuple of int
        Number of training rows of each class, in the order of ``classes_``.

    categorical_slices : tuple of slice
        For tables, where the one-hot columns of each categorical feature lie. All other
        values are scaled to [-1, 1].
    """

    shape: tuple[int, ...]
    class_counts: tuple[int, ...]
    categorical_slices: tuple[slice, ...] = ()

    @property
    def is_image(self) -> bool:
        """Whether rows are images."""
        return len(self.shape) == 3

    @property
    def n_values(self) -> int:
        """Number of values in one encoded row."""
        return prod(self.shape)

    @property
    def n_classes(self) -> int:
        """Number of classes."""
        return len(self.class_counts)


def is_pandas(X: Any) -> bool:
    """Whether X is a pandas data frame, without importing pandas."""
    return type(X).__module__.split(".")[0] == "pandas" and type(X).__name__ == "DataFrame"


def to_native(X: Any) -> Any:
    """X as a data frame, a CSR or CSC matrix, or an array; never copied without need."""
    if is_pandas(X):
        if X.shape[0] < 1 or X.shape[1] < 1:
            raise ValueError(
                f"Found a data frame of shape {X.shape} while at least one row and one column "
                "are required."
            )
        if not X.columns.is_unique:
            raise ValueError(
                "X has several columns of the same name: "
                f"{X.columns[X.columns.duplicated()].tolist()[:5]}. Rename them."
            )
        return X
    if not sparse.issparse(X):
        strings_of_numbers = isinstance(X, (list, tuple)) and np.asarray(X).dtype.kind in "US"
        X = np.asarray(X, dtype=object if strings_of_numbers else None)
        if X.dtype.kind in "OUS" and X.ndim == 2 and X.size:
            return X
    return check_array(
        X, dtype=None, accept_sparse=["csr", "csc"], allow_nd=True, ensure_all_finite=False
    )


@dataclass(frozen=True)
class _Column:
    """One categorical feature: where it is and the values seen there."""

    index: int
    categories: np.ndarray


def _column(X: Any, index: int) -> Any:
    return X.iloc[:, index] if is_pandas(X) else X[:, index]


def _column_kind(column: Any) -> str:
    """'float', 'integer', 'bool', 'category', or the name of a dtype that cannot be used."""
    dtype = column.dtype
    if isinstance(dtype, np.dtype) and dtype.kind != "O":
        kinds = {"f": "float", "i": "integer", "u": "integer", "b": "bool"}
        return kinds.get(dtype.kind, "category" if dtype.kind in "US" else str(dtype))
    if isinstance(dtype, np.dtype):
        kinds_seen = {_value_kind(value) for value in column}
        unknown = kinds_seen - set(_TYPES)
        if unknown:
            return f"object ({', '.join(sorted(unknown))})"
        for kind in ("category", "float", "integer"):
            if kind in kinds_seen:
                return kind
        return "bool"
    import pandas as pd
    from pandas.api import types

    if isinstance(dtype, pd.CategoricalDtype) or types.is_string_dtype(dtype):
        return "category"
    for kind in ("bool", "integer", "float"):
        if getattr(types, f"is_{kind}_dtype")(dtype):
            return kind
    return str(dtype)


def _value_kind(value: Any) -> str:
    if isinstance(value, (bool, np.bool_)):
        return "bool"
    if isinstance(value, (int, np.integer)):
        return "integer"
    if isinstance(value, (float, np.floating)):
        return "float"
    return "category" if isinstance(value, str) else type(value).__name__


def _is_missing(value: Any) -> bool:
    return value is None or type(value).__name__ == "NAType" or bool(value != value)


def _missing(column: Any) -> np.ndarray:
    if hasattr(column, "isna"):
        return np.asarray(column.isna(), dtype=bool)
    if column.dtype.kind == "O":
        return np.array([_is_missing(value) for value in column], dtype=bool)
    return np.isnan(column) if column.dtype.kind == "f" else np.zeros(len(column), dtype=bool)


@dataclass
class DataCodec:
    """Turns rows into scaled tensors and generated tensors into rows like those it has seen.

    Parameters
    ----------
    image_shape, channels, categorical_features
        As in :class:`~imblearn_gan.BaseGANOversampler`.
    """

    image_shape: Sequence[int] | None = None
    channels: str = "auto"
    categorical_features: Any = "auto"
    _template: Any = field(default=None, init=False, repr=False)

    def fit(self, X: Any) -> DataCodec:
        """Learn container, layout, ranges and categories of X (from :func:`to_native`)."""
        self._template = X[:0].copy()
        self._dtype = getattr(X, "dtype", None)  # an empty array's byte order is not pickled
        self.row_shape_ = tuple(X.shape[1:])
        self._read_layout(X)
        self._read_columns(X)
        self._read_ranges(X)
        return self

    # layout -----------------------------------------------------------------------------------

    def _read_layout(self, X: Any) -> None:
        shape = self.image_shape
        self.image_size_: tuple[int, int, int] | None = None
        self._channels_last = False
        if X.ndim > 2:
            if X.ndim > 4:
                raise ValueError(
                    f"Found array with dim {X.ndim}, shape {X.shape}: tables have 2 dimensions, "
                    "images 3 (n, H, W) or 4 (n, C, H, W) or (n, H, W, C)."
                )
            if min(X.shape) < 1:
                raise ValueError(f"X holds no values: its shape is {X.shape}.")
            if X.dtype.kind not in "biuf":
                raise ValueError(f"Images must be numbers. Got an array of dtype {X.dtype}.")
            if shape is not None and tuple(shape) != self.row_shape_:
                raise ValueError(
                    f"image_shape={tuple(shape)} does not fit X, whose rows have the shape "
                    f"{self.row_shape_}. image_shape is only needed for flattened images."
                )
            shape = self.row_shape_
        elif shape is not None and prod(shape) != X.shape[1]:
            raise ValueError(
                f"image_shape={tuple(shape)} does not fit X: such an image has {prod(shape)} "
                f"values, a row of X has {X.shape[1]}."
            )
        if shape is None:
            return
        if len(shape) == 2:
            self.image_size_ = (1, int(shape[0]), int(shape[1]))
            return
        self._channels_last = self._find_channels_last(tuple(shape))
        height_width = shape[:2] if self._channels_last else shape[1:]
        n_channels = shape[-1] if self._channels_last else shape[0]
        self.image_size_ = (int(n_channels), int(height_width[0]), int(height_width[1]))

    def _find_channels_last(self, shape: tuple[int, ...]) -> bool:
        first, last = shape[0] in _CHANNELS, shape[-1] in _CHANNELS
        if self.channels != "auto":
            if not (last if self.channels == "last" else first):
                raise ValueError(
                    f"channels={self.channels!r} does not fit images of shape {shape}: the number "
                    f"of channels must be one of {_CHANNELS}."
                )
            return self.channels == "last"
        if first == last:
            what = "both axes could be" if first else f"neither axis has {_CHANNELS} entries to be"
            raise ValueError(
                f"The layout of images of shape {shape} is ambiguous: {what} the channels. Set "
                "the parameter channels to 'first' or 'last'."
            )
        return last

    # columns ----------------------------------------------------------------------------------

    def _names(self, indices: Sequence[int]) -> list:
        if is_pandas(self._template):
            return [self._template.columns[i] for i in indices]
        return [int(i) for i in indices]

    def _read_columns(self, X: Any) -> None:
        n_columns = prod(self.row_shape_)
        kinds = self._checked_kinds(X)
        named = self._named_categories(n_columns)
        if isinstance(self.categorical_features, str):  # "auto"
            categorical = [i for i, kind in enumerate(kinds) if kind == "category"]
        else:
            categorical = named
            strings = [
                i for i, kind in enumerate(kinds) if kind == "category" and i not in set(named)
            ]
            if strings:
                raise ValueError(
                    f"Columns {self._names(strings[:5])} hold strings or categories but are not "
                    "in categorical_features. Name them there, or use "
                    "categorical_features='auto'."
                )
        if categorical and self.image_size_ is not None:
            raise ValueError(
                "categorical_features must be empty for images. Got "
                f"{self.categorical_features!r}; columns {self._names(categorical[:5])} are "
                "categorical."
            )
        if categorical and sparse.issparse(X):
            raise ValueError("categorical_features needs dense data. Got a sparse matrix.")
        unknown = [i for i, kind in enumerate(kinds) if kind not in _TYPES]
        if unknown:
            raise ValueError(
                f"Columns {self._names(unknown[:5])} have the dtype "
                f"{kinds[unknown[0]]}, which cannot be used. Turn them into numbers, booleans, "
                "strings or categories."
            )
        is_categorical = np.zeros(n_columns, dtype=bool)
        is_categorical[categorical] = True
        self._numeric = np.flatnonzero(~is_categorical)
        self._kinds = [kinds[i] for i in self._numeric]
        self._rounded = np.array([kind != "float" for kind in self._kinds], dtype=bool)
        self._categories = [
            _Column(int(i), _distinct(_column(X, int(i)))) for i in np.flatnonzero(is_categorical)
        ]

    def check(self, X: Any) -> None:
        """Raise a ValueError if more rows do not fit those that were seen."""
        if tuple(X.shape[1:]) != self.row_shape_:
            raise ValueError(
                f"X has rows of shape {tuple(X.shape[1:])}, but was fitted on rows of shape "
                f"{self.row_shape_}."
            )
        if sparse.issparse(X) and self._categories:
            raise ValueError("X is sparse, but was fitted with categorical columns: give an array.")
        kinds = self._checked_kinds(X)
        strings = [int(i) for i in self._numeric if kinds[i] not in ("float", "integer", "bool")]
        if strings:
            raise ValueError(
                f"Columns {self._names(strings[:5])} must hold numbers, as they did in fit."
            )

    def _checked_kinds(self, X: Any) -> list[str]:
        """The kind of each column of X, after a look for missing and infinite values."""
        n_columns = prod(self.row_shape_)
        uniform = not is_pandas(X) and X.dtype.kind in "biuf"
        kinds = (
            [_column_kind(X[:0].reshape(-1) if not sparse.issparse(X) else X.data[:0])] * n_columns
            if uniform
            else [_column_kind(_column(X, i)) for i in range(n_columns)]
        )
        self._check_finite(X, kinds, uniform)
        return kinds

    def _named_categories(self, n_columns: int) -> list[int]:
        named = self.categorical_features
        if named is None or isinstance(named, str):
            return []
        named = list(named)
        if named and all(isinstance(value, (bool, np.bool_)) for value in named):
            if len(named) != n_columns:
                raise ValueError(
                    "categorical_features as a mask must have one entry a column. Got "
                    f"{len(named)} for {n_columns} columns."
                )
            return [i for i, flag in enumerate(named) if flag]
        indices = []
        for value in named:
            if isinstance(value, str):
                columns: Any = self._template.columns if is_pandas(self._template) else []
                if value not in columns:
                    raise ValueError(
                        f"categorical_features names the column {value!r}, which X does not have."
                    )
                indices.append(int(columns.get_loc(value)))
            elif isinstance(value, (int, np.integer)) and -n_columns <= value < n_columns:
                indices.append(int(value) % n_columns)
            else:
                raise ValueError(
                    f"categorical_features has the entry {value!r}, which is out of range: X has "
                    f"{n_columns} columns."
                )
        return sorted(set(indices))

    def _check_finite(self, X: Any, kinds: list[str], uniform: bool) -> None:
        if uniform and X.dtype.kind != "f":
            return
        if uniform and sparse.issparse(X):
            entries = X.tocoo()
            found = "NaN" if np.isnan(X.data).any() else "infinity"
            wrong = np.unique(entries.col[~np.isfinite(entries.data)])
        elif uniform:
            found = "NaN" if np.isnan(X).any() else "infinity"
            wrong = np.flatnonzero(~np.isfinite(X).reshape(len(X), -1).all(axis=0))
        else:
            missing = [_missing(_column(X, i)) for i in range(len(kinds))]
            wrong = np.array([i for i, values in enumerate(missing) if values.any()])
            found = "NaN"
            if not len(wrong):
                wrong = np.array(
                    [
                        i
                        for i, kind in enumerate(kinds)
                        if kind == "float" and not np.isfinite(_floats(_column(X, i))).all()
                    ]
                )
                found = "infinity"
        if len(wrong):
            more = f" and {len(wrong) - 5} more" if len(wrong) > 5 else ""
            where = "pixels" if X.ndim > 2 else "columns"
            raise ValueError(
                f"Input X contains {found} in {where} {self._names(wrong[:5].tolist())}{more}. "
                "Impute or drop these values before resampling, for example with "
                "sklearn.impute.SimpleImputer."
            )

    # ranges -----------------------------------------------------------------------------------

    def _numbers(self, X: Any) -> np.ndarray:
        """The numeric columns of X, (n, n_numeric), in float64."""
        if sparse.issparse(X):
            return X.toarray().astype(np.float64)
        if is_pandas(X) or X.dtype.kind not in "biuf":
            columns = [_floats(_column(X, int(i))) for i in self._numeric]
            return np.column_stack(columns) if columns else np.empty((len(X), 0))
        flat = X.reshape(len(X), -1)
        if len(self._numeric) < flat.shape[1]:
            flat = flat[:, self._numeric]
        return flat.astype(np.float64)

    def _read_ranges(self, X: Any) -> None:
        low, high = [], []
        for i in _chunks(X.shape[0]):
            numbers = self._numbers(X[i])
            low.append(numbers.min(axis=0))
            high.append(numbers.max(axis=0))
        self._low = np.min(low, axis=0)
        self._high = np.max(high, axis=0)
        self._exact_bounds = self._read_exact_bounds(X)
        low_scale, high_scale = self._low, self._high
        if self.image_size_ is not None and self._low.size:
            uint8 = not is_pandas(X) and X.dtype == np.uint8
            low_scale = 0.0 if uint8 else self._low.min()
            high_scale = 255.0 if uint8 else self._high.max()
        # halves first: the range of extreme float64 values would overflow
        self._middle = np.asarray(high_scale / 2 + low_scale / 2)
        self._half = np.asarray(high_scale / 2 - low_scale / 2)
        self._divisor = np.where(self._half > 0, self._half, 1.0)

    def _read_exact_bounds(self, X: Any) -> dict[int, tuple[Any, Any]]:
        """Ranges of the numeric columns with values that float64 cannot tell apart."""
        long_floats = not is_pandas(X) and X.dtype.kind == "f" and X.dtype.itemsize > 8
        if not is_pandas(X) and X.ndim > 2:
            X = X.reshape(len(X), -1)
        bounds = {}
        largest = np.maximum(-self._low, self._high)
        if self.image_size_ is not None and largest.size:
            largest = largest.max()  # a pixel that is moved can come to any place
        wide = self._rounded & (largest >= 2**53)
        for j in np.flatnonzero(wide | long_floats):
            column = _column(X, int(self._numeric[j]))
            exact = column.dtype.type if long_floats else int
            bounds[int(j)] = exact(column.min()), exact(column.max())
        return bounds

    # encoding and decoding --------------------------------------------------------------------

    def spec(self, class_counts: Sequence[int]) -> DataSpec:
        """Facts for networks."""
        counts = tuple(int(n) for n in class_counts)
        if self.image_size_ is not None:
            return DataSpec(self.image_size_, counts)
        slices, start = [], len(self._numeric)
        for column in self._categories:
            slices.append(slice(start, start + len(column.categories)))
            start += len(column.categories)
        return DataSpec((start,), counts, tuple(slices))

    def encode(self, X: Any) -> np.ndarray:
        """Rows as float32 of shape (n, *spec.shape), numbers in [-1, 1], categories one-hot."""
        shape = self.spec(()).shape
        encoded = np.empty((X.shape[0], *shape), dtype=np.float32)
        for i in _chunks(X.shape[0]):
            numbers = (self._numbers(X[i]) - self._middle) / self._divisor
            if self.image_size_ is not None:
                encoded[i] = self._to_channels_first(numbers)
                continue
            encoded[i, : numbers.shape[1]] = numbers
            for column, place in zip(self._categories, self.spec(()).categorical_slices):
                codes = {value: code for code, value in enumerate(column.categories.tolist())}
                values = np.asarray(_column(X[i], column.index), dtype=object).tolist()
                # a value that was not seen is no category: the last row of zeros
                rows = np.eye(len(codes) + 1, len(codes))
                encoded[i, place] = rows[[codes.get(value, -1) for value in values]]
        return encoded

    def decode(self, encoded: np.ndarray, moved: bool = False) -> Any:
        """Generated values as rows in the container and with the dtypes of the data seen.

        Each value keeps to the range that was seen in its place. Images whose pixels were
        ``moved`` keep to that of all places.
        """
        encoded = np.asarray(encoded, dtype=np.float64)
        if not np.isfinite(encoded).all():
            raise FloatingPointError(
                "The generator made values that are not finite: its training diverged. Try a "
                "smaller learning_rate or a larger batch_size."
            )
        if self.image_size_ is not None:
            numbers = self._from_channels_first(encoded)
        else:
            numbers = encoded[:, : len(self._numeric)]
        low, high, exact = self._low, self._high, self._exact_bounds
        if moved and self.image_size_ is not None:
            low, high = low.min(), high.max()
            if exact:
                lows, highs = zip(*exact.values())
                exact = dict.fromkeys(exact, (min(lows), max(highs)))
        # clipped before they are scaled too: extreme float64 ranges must not overflow
        numbers = self._middle + np.clip(numbers, -1, 1) * self._divisor
        near = _ROUND_OFF * self._divisor
        numbers = np.where(numbers < low + near, low, numbers)
        numbers = np.where(numbers > high - near, high, numbers)
        numbers[:, self._rounded] = np.rint(numbers[:, self._rounded])
        np.clip(numbers, low, high, out=numbers)
        return self._to_container(numbers, encoded, exact)

    def _to_channels_first(self, numbers: np.ndarray) -> np.ndarray:
        channels, height, width = self.image_size_  # type: ignore[misc]
        if not self._channels_last:
            return numbers.reshape(-1, channels, height, width)
        return numbers.reshape(-1, height, width, channels).transpose(0, 3, 1, 2)

    def _from_channels_first(self, images: np.ndarray) -> np.ndarray:
        if self._channels_last:
            images = images.transpose(0, 2, 3, 1)
        return images.reshape(len(images), -1)

    def _to_container(
        self, numbers: np.ndarray, encoded: np.ndarray, exact: dict[int, tuple[Any, Any]]
    ) -> Any:
        template = self._template
        at_once = not is_pandas(template) and template.dtype.kind in "biuf"
        one_by_one = exact if at_once else range(len(self._numeric))
        columns = {
            int(self._numeric[j]): self._values(j, numbers[:, j], exact.get(j)) for j in one_by_one
        }
        for column, place in zip(self._categories, self.spec(()).categorical_slices):
            columns[column.index] = column.categories[encoded[:, place].argmax(axis=1)]
        if is_pandas(template):
            import pandas as pd

            frame = pd.DataFrame(
                {i: pd.Series(columns[i]).astype(template.dtypes.iloc[i]) for i in sorted(columns)}
            )
            frame.columns = template.columns
            return frame
        rows = np.empty((len(numbers), prod(self.row_shape_)), dtype=self._dtype)
        if at_once:
            rest = np.delete(np.arange(len(self._numeric)), list(exact))
            rows[:, self._numeric[rest]] = numbers[:, rest]
        for i, values in columns.items():
            rows[:, i] = values.tolist() if template.dtype.kind == "O" else values
        if sparse.issparse(template):
            return type(template)(rows)
        return rows.reshape(-1, *self.row_shape_)

    def _values(self, j: int, numbers: np.ndarray, exact: tuple[Any, Any] | None) -> np.ndarray:
        """The j-th numeric column with the type of its values: float, integer or bool."""
        if exact is not None:
            low, high = exact
            return np.clip(np.array([type(low)(value) for value in numbers], object), low, high)
        return numbers.astype(_TYPES[self._kinds[j]])

    def stack(self, blocks: Sequence[Any]) -> Any:
        """Blocks of rows of the same container under each other."""
        if len(blocks) == 1:
            return blocks[0]
        if is_pandas(self._template):
            import pandas as pd

            return pd.concat(blocks, ignore_index=True)
        if sparse.issparse(self._template):
            return sparse.vstack(blocks, format=self._template.format)
        return np.concatenate(blocks, dtype=self._dtype)  # keeps the byte order


_TYPES = {"float": np.float64, "integer": np.int64, "bool": np.bool_, "category": np.object_}


def _chunks(n_rows: int) -> list[slice]:
    return [slice(i, min(i + _CHUNK, n_rows)) for i in range(0, n_rows, _CHUNK)]


def _floats(column: Any) -> np.ndarray:
    if hasattr(column, "to_numpy"):
        return column.to_numpy(dtype=np.float64)
    return column.astype(np.float64)


def _distinct(column: Any) -> np.ndarray:
    """The values of a column in the order they appear, with their own type."""
    values = np.asarray(column, dtype=object if hasattr(column, "dtypes") else None)
    seen: dict[Any, int] = {}
    for i, value in enumerate(values.tolist()):
        seen.setdefault(value, i)
    return values[list(seen.values())]


def check_no_label_missing(y: Any) -> None:
    """Raise a ValueError if rows have no label."""
    # y itself: as an array, ["a", nan] is ["a", "nan"]
    if missing := sum(_is_missing(label) for label in np.asarray(y, dtype=object).ravel()):
        raise ValueError(f"y lacks the labels of {missing} rows (NaN or None): drop these first.")


@dataclass
class LabelCodec:
    """Turns ``y`` into class codes 0 ... C-1 and codes into labels like those it has seen."""

    def fit(self, y: Any) -> LabelCodec:
        """Learn the classes, and whether they are one-hot columns."""
        if isinstance(y, list) and len(y) and np.ndim(y) == 2:
            y = np.asarray(y)
        elif sparse.issparse(y):
            y = y.toarray()
        elif hasattr(y, "to_numpy") and getattr(y, "ndim", 1) == 2 and y.shape[1] > 1:
            y = np.array(y.to_numpy().tolist())  # nullable dtypes come as objects
        elif hasattr(getattr(y, "dtype", None), "numpy_dtype") and not y.isna().any():
            y = y.to_numpy(dtype=y.dtype.numpy_dtype)  # large integers are no floats
        self.labels_, one_hot = check_target_type(y, indicate_one_vs_all=True)
        self.labels_ = np.asarray(self.labels_)
        self._one_hot = (y.shape[1], y.dtype) if one_hot else None
        if one_hot and not np.asarray(y).any(axis=1).all():
            raise ValueError("y in one-vs-rest form has rows without a class.")
        self.classes_, self.codes_ = np.unique(self.labels_, return_inverse=True)
        return self

    def codes_of(self, y: Any) -> np.ndarray:
        """Class codes of more labels, in the form that was seen or as plain classes."""
        y = y.toarray() if sparse.issparse(y) else np.asarray(y)
        labels = y.argmax(axis=1) if self._one_hot and y.ndim == 2 else column_or_1d(y)
        known = {label: code for code, label in enumerate(self.classes_.tolist())}
        codes = np.array([known.get(label, -1) for label in labels.tolist()], dtype=np.int64)
        if (codes < 0).any():
            unknown = list(dict.fromkeys(labels[codes < 0].tolist()))
            raise ValueError(f"y has the classes {unknown[:5]}, which fit has not seen.")
        return codes

    def decode(self, labels: np.ndarray) -> np.ndarray:
        """Labels in the form that was seen: as they are, or as one-hot columns."""
        if self._one_hot is None:
            return labels
        n_columns, dtype = self._one_hot
        return np.eye(n_columns, dtype=dtype)[labels]
