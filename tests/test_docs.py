"""The code of the README and of the pages runs as it is written; tables and links are right."""

import importlib
import re
import runpy
import sys
from pathlib import Path
from types import ModuleType

import matplotlib.pyplot as plt
import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.ensemble import HistGradientBoostingClassifier

from imblearn_gan.datasets import make_longtailed
from imblearn_gan.training import Phase

ROOT = Path(__file__).parent.parent
FASHION_MNIST = Path("/usr/share/datasets/fashion-mnist")
TABLES = {"README.md", "add_a_method.md", "tables_in_a_pipeline.md"}
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not (ROOT / "docs").exists(), reason="installed without README and docs"),
]


def blocks(path):
    return re.findall(r"```python\n(.*?)```", path.read_text(), re.DOTALL)


@pytest.fixture
def run(monkeypatch, tmp_path):
    """Run all blocks of a page one after the other, in an empty folder, trainings cut short."""
    original, boost = Phase.__init__, HistGradientBoostingClassifier.fit

    def short(self, *args, **kwargs):
        original(self, *args, **kwargs)
        self.max_iter = min(self.max_iter, 3)

    def few(self, *args, **kwargs):
        self.max_iter = min(self.max_iter, 3)
        return boost(self, *args, **kwargs)

    monkeypatch.setattr(Phase, "__init__", short)
    monkeypatch.setattr(HistGradientBoostingClassifier, "fit", few)
    monkeypatch.chdir(tmp_path)
    digits = load_digits(n_class=3)

    def run(path):
        X = digits.data if path.name in TABLES else digits.images
        X, y = make_longtailed(X, digits.target, [40, 20, 10], random_state=0)
        module = ModuleType("page")  # what the page defines pickles
        monkeypatch.setitem(sys.modules, "page", module)
        space = vars(module)
        space.update(X=X, y=y)
        for block in blocks(path):
            if "/usr/share" not in block or FASHION_MNIST.exists():
                exec(block, space)
        plt.close("all")
        return space

    return run


@pytest.mark.parametrize(
    "path", [path for path in PAGES if blocks(path)], ids=lambda path: path.stem
)
def test_code_runs(path, run):
    run(path)


def test_add_a_method(run):
    method = run(ROOT / "docs/add_a_method.md")["SmallGANOversampler"]
    X, y = np.random.RandomState(0).normal(size=(12, 2)), [0] * 9 + [1] * 3
    X_res, y_res = method(max_iter=3, random_state=0).fit_resample(X, y)
    assert X_res.shape == (18, 2)
    assert y_res == [0] * 9 + [1] * 9
    assert "latent_dim : int, default=100" in method.__doc__
    assert "replay : float, default=0.0" in method.__doc__


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_links_lead_somewhere(path):
    prose = re.sub(r"```.*?```", "", path.read_text(), flags=re.DOTALL)
    links = re.findall(r"\]\(\s*([^)\s#]+)[^)]*\)", prose)
    local = [link for link in links if "://" not in link]
    assert [link for link in local if not (path.parent / link).exists()] == []


def test_tests_that_the_page_on_reliability_names_exist():
    page = (ROOT / "docs/reliability.md").read_text()
    named = [cell for line in page.splitlines() for cell in line.split("|")[-2:-1] if "::" in cell]
    assert len(named) > 15
    for cell in named:
        path = None
        for file, test in re.findall(r"`([\w/]*(?:\.py)?)::(\w+)`", cell):
            path = ROOT / "tests" / file if file else path
            assert f"def {test}(" in path.read_text()


def test_the_readme_is_one_screen_and_begins_with_two_commands():
    text = (ROOT / "README.md").read_text()
    commands = re.findall(r"```bash\n(.*?)\n```", text, re.DOTALL)[:2]
    install = "python -m pip install -c constraints.txt"
    assert commands == [
        f'{install} ".[plot]" && python examples/plot_quick_start.py digits.png',
        f'{install} ".[test]" && python -m pytest',
    ]
    assert len(text.splitlines()) < 120


@pytest.mark.parametrize(
    "module",
    ["", "callbacks", "datasets", "exceptions", "inspection", "metrics", "resampled", "torch"],
)
def test_the_api_page_has_every_public_name(module):
    names = importlib.import_module(f"imblearn_gan.{module}".rstrip(".")).__all__
    page = (ROOT / "docs/api.md").read_text().split()
    assert [name for name in names if name not in page and not name.startswith("__")] == []


def test_tables_say_what_the_code_says():
    assert runpy.run_path(str(ROOT / "docs/tables.py"))["main"](check=True) == []
