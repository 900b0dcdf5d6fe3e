"""The example of the guide for authors runs."""

import re
from pathlib import Path

import numpy as np
import pytest

DOCS = Path(__file__).parent.parent / "docs"


@pytest.mark.skipif(not DOCS.exists(), reason="installed without docs")
def test_add_a_method():
    text = (DOCS / "add_a_method.md").read_text()
    space = {}
    exec(re.search(r"```python\n(.*?)```", text, re.DOTALL)[1], space)
    X, y = np.random.RandomState(0).normal(size=(12, 2)), [0] * 9 + [1] * 3
    X_res, y_res = space["Imitator"](max_iter=3, random_state=0).fit_resample(X, y)
    assert X_res.shape == (18, 2)
    assert y_res == [0] * 9 + [1] * 9
