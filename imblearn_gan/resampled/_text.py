"""Columns of text that a classifier does not take, found before anything is trained."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.base import is_classifier
from sklearn.dummy import DummyClassifier

from imblearn_gan.data import is_frame
from imblearn_gan.resampled._parts import first_step


def check_text(classifier: Any, X: Any) -> None:
    """Raise a ValueError for a data frame with text before a classifier that is known to refuse it.

    Known are those of scikit-learn with no other estimator in them, alone or first in a pipeline;
    of all others what they take would be seen by a fit alone.
    """
    first = first_step(classifier)
    if not is_frame(X) or not _takes_numbers_alone(first):
        return
    own = getattr(first, "categorical_features", None) == "from_dtype"
    columns = [
        name
        for place, name in enumerate(X.columns)
        if not (own and X.dtypes.iloc[place] == "category") and _is_text(X.iloc[:, place])
    ]
    if columns:
        which = columns if len(columns) <= 5 else "make_column_selector(dtype_exclude='number')"
        raise ValueError(
            f"X has text in the columns {columns[:5]}, and {type(first).__name__} takes numbers "
            "alone. Give a pipeline that encodes them as classifier: "
            "make_pipeline(make_column_transformer((OneHotEncoder(handle_unknown='ignore', "
            f"sparse_output=False), {which}), remainder='passthrough'), {type(first).__name__}())."
            + " Or let them be of the dtype category."
            * own
        )


def _takes_numbers_alone(classifier: Any) -> bool:
    ours = type(classifier).__module__.startswith("sklearn.") and is_classifier(classifier)
    params = classifier.get_params(deep=False) if ours else {}
    named = params.get("categorical_features") not in (None, "from_dtype")
    free = named or isinstance(classifier, DummyClassifier)
    nested = any(name.startswith("estimator") and value for name, value in params.items())
    return ours and not free and not nested


def _is_text(column: Any) -> bool:
    """Return whether a column has what cannot be read as a number."""
    if column.dtype.kind not in "OUS":
        return False
    try:
        np.asarray(column).astype(np.float64)
    except ValueError:
        return True
    except TypeError:  # gaps, and what else classifiers see to
        return False
    return False
