"""The common checks for samplers, for methods that live elsewhere, too.

:func:`check_sampler` is to a sampler what scikit-learn's ``check_estimator`` is to an estimator: it
runs imbalanced-learn's checks, scikit-learn's, and those of this package over one instance. Give
it one that trains for a few iterations: every check trains it at least once, on a few dozen rows.
A test suite shows the checks one by one::

    @pytest.mark.parametrize(("name", "check"), list(sampler_checks(MySampler(max_iter=3))))
    def test_my_sampler(name, check):
        check(MySampler(max_iter=3))

scikit-learn's checks call ``fit``, which only validates; that nothing of a training leaks is said
by the checks here.
"""

from imblearn_gan.testing.asserts import assert_oversampled, assert_same
from imblearn_gan.testing.checks import LEFT_OUT_CHECKS, check_sampler, sampler_checks

__all__ = [
    "LEFT_OUT_CHECKS",
    "assert_oversampled",
    "assert_same",
    "check_sampler",
    "sampler_checks",
]
