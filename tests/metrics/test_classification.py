"""Figures of predicted labels."""

import pytest

from imblearn_gan.metrics import (
    acsa_score,
    gm_score,
)


def test_scores_under_the_names_of_the_papers():
    y, predicted = [0, 0, 0, 1, 1, 2], [0, 1, 0, 1, 1, 2]
    assert acsa_score(y, predicted) == pytest.approx((2 / 3 + 2) / 3)
    assert gm_score(y, predicted) == pytest.approx((2 / 3) ** (1 / 3))
    assert gm_score(y, [0] * 6) == 0
