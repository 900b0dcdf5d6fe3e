"""From rows of any kind to features, and from a metric to a figure for each class."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from contextlib import suppress
from importlib import import_module
from inspect import signature
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from scipy import sparse
from sklearn.utils import _safe_indexing
from sklearn.utils.validation import (
    check_array,
    check_consistent_length,
    check_is_fitted,
    column_or_1d,
)
from torch import Tensor, nn

from imblearn_gan._more_rows import read_rows
from imblearn_gan.classifiers._base import NetworkClassifier
from imblearn_gan.data import (
    DataCodec,
    check_no_label_missing,
    is_frame,
    to_native,
    to_pandas,
)
from imblearn_gan.training import extract


class Pair(NamedTuple):
    """A figure of generated rows beside the same figure of real ones."""

    generated: float
    real: float


def import_optional(module: str, needed_by: str) -> Any:
    """Import a module of a package that is not always installed."""
    try:
        return import_module(module)
    except ImportError as error:
        package = module.split(".")[0]
        raise ImportError(f"{needed_by} needs {package}: pip install {package}") from error


def outputs_of(network: nn.Module, X: Any) -> np.ndarray:
    """Return outputs of a network for rows, in evaluation mode, in chunks, on its own device."""
    values = X.toarray() if sparse.issparse(X) else np.asarray(X)
    rows = torch.from_numpy(values.astype(np.float64) if values.dtype.kind == "f" else values)
    weights = [*network.parameters(), *network.buffers()]
    if rows.is_floating_point():
        precisions = {weight.dtype for weight in weights if weight.is_floating_point()}
        rows = rows.to(precisions.pop() if len(precisions) == 1 else torch.float32)
    device = weights[0].device if weights else rows.device
    return as_array(extract(network, rows.to(device)))


def as_array(values: Tensor) -> np.ndarray:
    """Return the values of a tensor; NumPy has no bfloat16."""
    values = values.detach().cpu()
    return (values.double() if values.is_floating_point() else values).numpy()


def extract_features(X: Any, features: Any = None) -> np.ndarray:
    """Extract features of rows, by any extractor: what every metric here does with ``features``.

    Parameters
    ----------
    X : {array-like, dataframe, sparse matrix} of shape (n_samples, ...)
        Rows: tables, or images of any layout. Frames of polars and pyarrow become pandas' first.

    features : callable, torch.nn.Module, fitted estimator or None, default=None
        What makes them. None: the rows themselves, flattened. A classifier of this package,
        fitted: its last hidden layer. Another fitted estimator, such as a column transformer or
        a pipeline of them: its ``transform``. A ``torch.nn.Module`` is given X as one tensor,
        floats in the precision of the module, others in their dtype, without any scaling, in
        evaluation mode. Any other callable is given X. For Inception see
        :func:`inception_features`.

    Returns
    -------
    ndarray of shape (n_samples, n_features), dtype float64
        One row of features for each row.

    Examples
    --------
    >>> import numpy as np
    >>> from imblearn_gan.metrics import extract_features
    >>> images = np.zeros((5, 8, 8), dtype=np.uint8)
    >>> extract_features(images).shape
    (5, 64)
    >>> extract_features(images, lambda X: X.mean(axis=(1, 2))[:, None]).shape
    (5, 1)
    """
    X = to_native(X)
    values: Any
    if features is None:
        values = X
    elif isinstance(features, NetworkClassifier):
        check_is_fitted(features, "networks_")
        X = read_rows(features, X)
        layers = list(features.networks_["classifier"].children())[:-1]
        network = nn.Sequential(features.networks_["extractor"], *layers)
        values = outputs_of(network, features.codec_.encode(X))
    elif isinstance(features, nn.Module):
        values = outputs_of(features, X)
    elif hasattr(features, "transform"):
        values = features.transform(X)
    elif callable(features):
        values = features(X)
    else:
        raise ValueError(
            "features must be None, a callable, a torch.nn.Module, a fitted classifier of "
            f"imblearn_gan or an estimator with the method transform. Got {features!r}."
        )
    values = as_array(values) if isinstance(values, Tensor) else values
    values = np.asarray(values.toarray() if sparse.issparse(values) else values)
    if values.ndim < 2 or len(values) != X.shape[0]:
        raise ValueError(
            f"features must give one row of features for each of the {X.shape[0]} rows. Got an "
            f"array of shape {values.shape}."
        )
    try:
        return check_array(values.reshape(len(values), -1), dtype=np.float64)
    except ValueError as error:
        if values.dtype.kind not in "OUS":
            raise
        raise ValueError(
            "X has values that are no numbers: give features, for example a fitted "
            "sklearn.compose.ColumnTransformer with a OneHotEncoder."
        ) from error


def _check_same_places(real: Any, generated: Any) -> None:
    """Raise a ValueError unless values that are compared are of one column, or pixel."""
    if is_frame(real) and is_frame(generated):
        names = [X.columns.tolist() for X in (real, generated)]
        if names[0] != names[1] and set(names[0]) == set(names[1]):
            raise ValueError(
                f"X_generated has the columns in the order {names[1][:5]}, but X_real has "
                f"{names[0][:5]}: bring them into the same order."
            )
    shapes = [tuple(n for n in X.shape[1:] if n > 1) for X in (real, generated)]
    if min(map(len, shapes)) > 1 and shapes[0] != shapes[1]:
        raise ValueError(
            f"X_generated has images of shape {generated.shape[1:]}, but X_real has "
            f"{real.shape[1:]}."
        )


def two_features(X_real: Any, X_generated: Any, features: Any) -> tuple[np.ndarray, np.ndarray]:
    """Return features of real and of generated rows, from the mean of real ones, for accuracy."""
    if features is None:
        _check_same_places(to_native(X_real), to_native(X_generated))
    real, generated = extract_features(X_real, features), extract_features(X_generated, features)
    if real.shape[1] != generated.shape[1]:
        raise ValueError(
            f"X_generated has {generated.shape[1]} values a row, but X_real has {real.shape[1]}."
        )
    origin = real.mean(axis=0)
    return real - origin, generated - origin


def image_reader(
    X: Any, image_shape: Any, channels: str, data_range: Sequence[float] | None
) -> Callable[[Any], Tensor]:
    """Return what turns images like X into tensors (n, C, H, W), the data range being [0, 1]."""
    codec = DataCodec(image_shape, channels).fit(X)
    if not codec.is_image:
        raise ValueError(
            "X must hold images: three or four dimensions, or flattened rows and image_shape. "
            f"Got an array of shape {X.shape}."
        )
    if data_range is None:
        low, high = codec.value_range_
    elif np.shape(data_range) == (2,) and data_range[0] < data_range[1]:
        low, high = data_range
    else:
        raise ValueError(f"data_range must be (low, high) with low < high. Got {data_range!r}.")

    def read(X: Any) -> Tensor:
        codec.check(X)
        scaled = (codec.channels_first(X) - low) / np.where(high > low, high - low, 1.0)
        return torch.from_numpy(np.ascontiguousarray(scaled))

    return read


def inception_features(
    weights_path: str | Path,
    *,
    output: int | str = 2048,
    image_shape: Sequence[int] | None = None,
    channels: str = "auto",
    data_range: Sequence[float] | None = None,
) -> Callable[[Any], np.ndarray]:
    """Return what makes features by the Inception network of published FID and IS.

    The network is the one of torchmetrics and torch-fidelity, which must be installed; its
    weights come from a file that is at hand. Nothing is ever downloaded.

    Parameters
    ----------
    weights_path : str or path
        torch-fidelity's file, ``pt_inception-2015-12-05-6726825d.pth``.

    output : {64, 192, 768, 2048, 'probabilities'}, default=2048
        The layer that gives the features; ``'probabilities'``, for :func:`inception_score`,
        those of the classes.

    image_shape, channels
        As in the samplers.

    data_range : tuple of two floats or None, default=None
        The values of black and white. None is (0, 255) for uint8 and an error for others.

    Returns
    -------
    callable
        From images of one or three channels to an array of shape (n_images, n_features).

    Examples
    --------
    >>> from imblearn_gan.metrics import frechet_distance, inception_features
    >>> inception = inception_features("inception.pth")  # doctest: +SKIP
    >>> frechet_distance(X_real, X_generated, features=inception)  # doctest: +SKIP
    """
    if not Path(weights_path).is_file():
        raise ValueError(f"weights_path must name a file of weights. Got {str(weights_path)!r}.")
    fid = import_optional("torchmetrics.image.fid", "inception_features")
    layer = "logits_unbiased" if output == "probabilities" else str(output)
    network = fid.NoTrainInceptionV3("inception-v3-compat", [layer], str(weights_path))

    def features(X: Any) -> np.ndarray:
        X = np.asarray(X)
        if data_range is None and X.dtype != np.uint8:
            raise ValueError("inception_features needs data_range for images that are not uint8.")
        read = image_reader(X, image_shape, channels, data_range)
        n_channels = read(X[:1]).shape[1]
        if n_channels not in (1, 3):
            raise ValueError(
                f"inception_features takes images of 1 or 3 channels. Got {n_channels}."
            )
        made = []
        for part in np.array_split(X, range(64, len(X), 64)):
            images = (read(part) * 255).round().clip(0, 255).to(torch.uint8)
            images = images.expand(-1, 3, -1, -1) if images.shape[1] == 1 else images
            with torch.no_grad():
                made.append(network(images).double())
        outputs = torch.cat(made)
        return (outputs.softmax(dim=1) if output == "probabilities" else outputs).numpy()

    return features


def _labels(y: Any) -> tuple[np.ndarray, np.ndarray]:
    """Return labels as an array, and as objects: 1 and "1" are two classes."""
    y, listed = to_pandas(y, "y"), isinstance(y, (list, tuple))
    objects = column_or_1d(np.asarray(y, dtype=object) if listed else y, dtype=object)
    check_no_label_missing(objects)
    if hasattr(getattr(y, "dtype", None), "numpy_dtype"):  # integers of pandas, that are no floats
        return y.to_numpy(dtype=y.dtype.numpy_dtype), objects
    return column_or_1d(y), objects


def by_class(metric: Callable, *arrays: Any, **options: Any) -> Any:
    """Compute a metric of the rows of each class.

    Parameters
    ----------
    metric : callable
        A metric of this module, or anything that is called like one.

    *arrays : array-like
        ``X, y`` for a metric of one set, ``X_real, y_real, X_generated, y_generated`` for a
        metric of two.

    **options
        Passed on to the metric.

    Returns
    -------
    pandas.DataFrame
        One row for each class that all sets have: ``class``, the metric's name (or one column
        for each figure it gives), and ``n``, or ``n_real`` and ``n_generated``: how many rows
        it rests on.

    Raises
    ------
    ValueError
        If labels are missing, the sets have no class in common, or the metric refuses the rows
        of each class.

    Warns
    -----
    UserWarning
        If the metric refuses the rows of some classes, for example because they are too few:
        these get NaN.

    Examples
    --------
    >>> import numpy as np
    >>> from imblearn_gan.metrics import by_class, frechet_distance
    >>> X, y = np.random.default_rng(0).normal(size=(80, 2)), np.repeat(["a", "b"], 40)
    >>> by_class(frechet_distance, X, y, X + [3.0, 0.0], y).round(6)
      class  frechet_distance  n_real  n_generated
    0     a               9.0      40           40
    1     b               9.0      40           40
    """
    pd = import_optional("pandas", "by_class")
    if len(arrays) not in (2, 4):
        raise ValueError(
            "by_class takes X, y or X_real, y_real, X_generated, y_generated. Got "
            f"{len(arrays)} arrays."
        )
    for X, y in zip(arrays[::2], arrays[1::2]):
        check_consistent_length(X, y)
    sets = [(to_native(X), *_labels(y)) for X, y in zip(arrays[::2], arrays[1::2])]
    seen = [dict.fromkeys(objects.tolist()) for *_, objects in sets]
    classes = [label for label in seen[0] if label in seen[-1]]
    with suppress(TypeError):  # labels that have no order come as they appear
        classes.sort()
    if not classes:
        raise ValueError("y_real and y_generated have no class in common.")
    takes_labels = "y" in signature(metric).parameters
    names = ("n",) if len(sets) == 1 else ("n_real", "n_generated")
    records: list[dict] = []
    wrong: list[str] = []
    for label in classes:
        index = [np.flatnonzero(objects == label) for *_, objects in sets]
        parts: list = []
        for (X, y, _), i in zip(sets, index):
            parts += [_safe_indexing(X, i), y[i]] if takes_labels else [_safe_indexing(X, i)]
        figures: dict[str, Any] = {}
        try:
            value = metric(*parts, **options)
        except ValueError as error:
            wrong.append(f"Class {label!r}: {error}")
        else:
            named = hasattr(value, "_asdict")
            figures = value._asdict() if named else {getattr(metric, "__name__", "value"): value}
        records.append({"class": label} | figures | dict(zip(names, map(len, index))))
    if len(wrong) == len(classes):
        raise ValueError(wrong[0])
    for message in wrong:
        warnings.warn(f"{message} It gets NaN.", stacklevel=2)
    frame = pd.DataFrame(records)
    return frame[[c for c in frame if c not in names] + list(names)]
