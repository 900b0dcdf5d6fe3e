"""Checks of parameters: fields that are stored as they are."""

from __future__ import annotations

import inspect
from dataclasses import fields
from typing import Any

from sklearn.base import BaseEstimator, clone
from sklearn.utils import estimator_html_repr

from imblearn_gan.base import BaseGANOversampler
from imblearn_gan.testing.asserts import require
from imblearn_gan.testing.rows import prepared, resampled

DATACLASS = "@dataclass(kw_only=True, eq=False, repr=False)"


def check_parameters(sampler: BaseGANOversampler) -> None:
    """Check that parameters are keyword-only fields, stored as they are."""
    cls: Any = type(sampler)
    signature = inspect.signature(cls).parameters
    positional = [name for name, p in signature.items() if p.kind is not p.KEYWORD_ONLY]
    require(
        not positional,
        f"{cls.__name__} takes {positional} by position or as *args or **kwargs. Make parameters "
        f"keyword-only fields: {DATACLASS}.",
    )
    lost = {field.name for field in fields(BaseGANOversampler)} - set(signature)
    require(
        not lost,
        f"{cls.__name__} does not take the common parameters {sorted(lost)}. Do not write an "
        f"__init__: parameters are fields of a {DATACLASS}.",
    )
    unmade = set(cls._parameter_constraints) - set(signature)
    require(
        not unmade,
        f"_parameter_constraints has {sorted(unmade)}, which are no parameters. Is "
        f"{cls.__name__} decorated with {DATACLASS}?",
    )
    for name in signature:
        value = object()
        for how in ("The constructor", "set_params"):
            changed = cls(**{name: value}) if how == "The constructor" else cls()
            if how == "set_params":
                changed.set_params(**{name: value})
            stored = getattr(changed, name, None)
            require(
                stored is value,
                f"{how} does not store the parameter {name} as it is given: {name}={value!r} "
                f"became {stored!r}. Store it unchanged; validate and convert in fit_resample.",
            )
    names = list(sampler.get_params(deep=False))
    require(names == sorted(signature), f"get_params must have {sorted(signature)}. Got {names}.")


def check_clone(sampler: BaseGANOversampler) -> None:
    """Check that a clone has the parameters, and nothing that was fitted."""
    fitted = prepared(sampler)
    resampled(fitted)
    twin = clone(fitted)
    require(repr(twin.get_params()) == repr(fitted.get_params()), "clone must keep all parameters.")
    left = [name for name in vars(twin) if name not in twin.get_params()]
    require(not left, f"A clone has the attributes {left}: set what is no parameter in fit.")


def check_repr(sampler: BaseGANOversampler) -> None:
    """Check scikit-learn's text and HTML of an estimator, and that it can be a key of a dict."""
    cls = type(sampler)
    changed = cls(batch_size=17)
    for shown in (repr(changed), estimator_html_repr(changed)):
        require(
            cls.__name__ in shown and "batch_size" in shown and "17" in shown,
            f"{cls.__name__}(batch_size=17) is shown as {shown[:200]!r}. Leave scikit-learn's repr "
            f"in place: {DATACLASS}.",
        )
    require(
        cls.__eq__ is object.__eq__ and cls.__repr__ is BaseEstimator.__repr__,
        f"{cls.__name__} has its own __eq__ or __repr__. Leave scikit-learn's: {DATACLASS}.",
    )
