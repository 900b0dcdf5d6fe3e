"""Facts for networks."""

import pytest

from imblearn_gan.data import DataSpec


@pytest.mark.parametrize(
    ("shape", "is_image", "n_values"), [((7,), False, 7), ((3, 8, 9), True, 216)]
)
def test_facts(shape, is_image, n_values):
    spec = DataSpec(shape, (90, 9, 1))
    assert (spec.is_image, spec.n_values, spec.n_classes) == (is_image, n_values, 3)
    assert spec.categorical_slices == ()
    assert spec == DataSpec(shape, (90, 9, 1))
