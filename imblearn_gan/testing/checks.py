"""All checks over one instance."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping
from functools import partial, wraps
from typing import Any
from unittest import SkipTest

import sklearn
from imblearn.utils import estimator_checks as imblearn_checks
from sklearn.exceptions import SkipTestWarning
from sklearn.utils import estimator_checks as sklearn_checks
from sklearn.utils import get_tags
from sklearn.utils.fixes import parse_version

from imblearn_gan.base import BaseGANOversampler
from imblearn_gan.exceptions import CollapseWarning
from imblearn_gan.testing import manners, parameters, randomness, results
from imblearn_gan.testing.rows import prepared

Check = Callable[[BaseGANOversampler], None]

_NO_METHOD = "compares what predict, transform and the like give, which a sampler does not have"
#: Checks of scikit-learn that cannot hold for a sampler, or say nothing of one, with the reason.
LEFT_OUT_CHECKS: dict[str, str] = {
    "check_array_api_input": "is for arrays of other libraries, which samplers do not take",
    "check_dict_unchanged": _NO_METHOD,
    "check_estimators_unfitted": _NO_METHOD,
    "check_fit2d_predict1d": _NO_METHOD,
    "check_fit_idempotent": _NO_METHOD,
    "check_methods_sample_order_invariance": _NO_METHOD,
    "check_methods_subset_invariance": _NO_METHOD,
    "check_pipeline_consistency": _NO_METHOD,
}
if parse_version(sklearn.__version__) < parse_version("1.7"):
    LEFT_OUT_CHECKS["check_positive_only_tag_during_fit"] = (
        "subtracts a float from integers in place, for estimators with the tag 'categorical'"
    )

#: The checks of this package that every sampler must pass.
CHECKS: tuple[Check, ...] = (
    parameters.check_parameters,
    parameters.check_clone,
    parameters.check_repr,
    results.check_counts,
    results.check_many_classes,
    results.check_balanced_set,
    results.check_replay,
    randomness.check_seed,
    randomness.check_global_generators,
    randomness.check_callers_settings,
    randomness.check_sample,
    randomness.check_stream_of_samples,
    randomness.check_copies,
    manners.check_fitted_attributes,
    manners.check_size,
    manners.check_fit_only_validates,
    manners.check_input_is_not_changed,
    manners.check_silence,
)


def check_sampler(
    sampler: BaseGANOversampler, *, expected_failed_checks: Mapping[str, str] | None = None
) -> None:
    """Check that a sampler keeps all promises of imbalanced-learn, scikit-learn and this package.

    Parameters
    ----------
    sampler : BaseGANOversampler
        An instance with a small budget, such as ``max_iter=3``. It is not changed. The checks
        bring their own data: they take the data parameters' defaults, a seed, and at most half
        of the added rows repeated.

    expected_failed_checks : dict of str to str or None, default=None
        Checks that cannot hold for this method, ``{name: reason}``; they do not run.

    Raises
    ------
    AssertionError
        At the first promise that is broken; it names the check, says what is wrong and what to
        do. An error of another kind is the sampler's own.

    See Also
    --------
    sampler_checks : The checks one by one.

    Examples
    --------
    >>> from imblearn_gan import CGANOversampler
    >>> from imblearn_gan.testing import check_sampler
    >>> check_sampler(CGANOversampler(max_iter=1, batch_size=4))
    """
    for name, check in sampler_checks(sampler, expected_failed_checks=expected_failed_checks):
        try:
            check(sampler)
        except SkipTest as reason:
            warnings.warn(f"{name} was skipped: {reason}", SkipTestWarning, stacklevel=2)
        except AssertionError as error:
            raise AssertionError(f"{name}: {error}") from error


def sampler_checks(
    sampler: BaseGANOversampler, *, expected_failed_checks: Mapping[str, str] | None = None
) -> Iterator[tuple[str, Check]]:
    """Yield the common checks of a sampler, by name.

    Parameters
    ----------
    sampler : BaseGANOversampler
        Its tags say which checks make sense: those of tables, images, categories.

    expected_failed_checks : dict of str to str or None, default=None
        Checks that cannot hold for this method, ``{name: reason}``; they are left out.

    Yields
    ------
    name : str
        The name of the check.

    check : callable
        Takes a sampler and raises an AssertionError if it breaks the promise.

    Raises
    ------
    TypeError
        If ``sampler`` is no instance of :class:`~imblearn_gan.BaseGANOversampler`.

    ValueError
        If ``expected_failed_checks`` names a check that there is not.

    Examples
    --------
    >>> from imblearn_gan import CGANOversampler
    >>> from imblearn_gan.testing import sampler_checks
    >>> sampler = CGANOversampler(max_iter=1, batch_size=4)
    >>> checks = dict(sampler_checks(sampler))
    >>> checks["check_counts"](sampler)
    """
    if not isinstance(sampler, BaseGANOversampler):
        raise TypeError(f"sampler must be an instance of BaseGANOversampler. Got {sampler!r}.")
    checks = [(_name(check), check) for check in _own_checks(sampler)]
    checks += _borrowed_checks(sampler)
    expected = set(expected_failed_checks or ())
    unknown = expected - {name for name, _ in checks}
    if unknown:
        raise ValueError(
            f"expected_failed_checks names {sorted(unknown)}, but the checks of this sampler are "
            f"{[name for name, _ in checks]}."
        )
    for name, check in checks:
        if name not in expected:
            yield name, _without_collapse(check)


def _without_collapse(check: Check) -> Check:
    @wraps(check)
    def quiet(sampler: BaseGANOversampler) -> None:
        with warnings.catch_warnings():
            # after a few iterations on a few rows it is right, and says nothing of the method
            warnings.simplefilter("ignore", CollapseWarning)
            check(sampler)

    return quiet


def _own_checks(sampler: BaseGANOversampler) -> list[Check]:
    tags = get_tags(sampler).input_tags
    return [
        *CHECKS,
        *([results.check_tables, results.check_frames] if tags.two_d_array else []),
        *([results.check_categories] if tags.two_d_array and tags.categorical else []),
        *([results.check_missing] if tags.two_d_array and tags.allow_nan else []),
        *([results.check_images] if tags.three_d_array else []),
    ]


def _borrowed_checks(sampler: BaseGANOversampler) -> list[tuple[str, Check]]:
    """Return imbalanced-learn's and scikit-learn's checks, all of which are about tables."""
    if not get_tags(sampler).input_tags.two_d_array:
        return []
    checks = [
        partial(imblearn_checks.check_param_validation, type(sampler).__name__),
        partial(imblearn_checks.check_dataframe_column_names_consistency, type(sampler).__name__),
    ]
    for module in (imblearn_checks, sklearn_checks):
        checks += [check for _, check in module.estimator_checks_generator(prepared(sampler))]
    return [
        (_name(check), partial(_on_prepared, check))
        for check in checks
        if _name(check).partition("[")[0] not in LEFT_OUT_CHECKS
    ]


def _on_prepared(check: Callable[[Any], None], sampler: BaseGANOversampler) -> None:
    check(prepared(sampler))


def _name(check: Any) -> str:
    """Return the name of a check, with the settings that it is bound to."""
    settings = ""
    while isinstance(check, partial):
        settings += "".join(f"[{key}={value}]" for key, value in check.keywords.items())
        check = check.func
    return check.__name__ + settings
