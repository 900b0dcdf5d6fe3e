"""The notebook runs, and shows what it says."""

from pathlib import Path

import pytest

NOTEBOOK = Path(__file__).parent.parent / "examples/notebook/balance_digits.ipynb"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not NOTEBOOK.exists(), reason="installed without examples"),
]


@pytest.fixture(scope="module")
def cells(tmp_path_factory):
    """The cells, run at a small budget in an empty folder."""
    nbclient = pytest.importorskip("nbclient")
    nbformat = pytest.importorskip("nbformat")
    pytest.importorskip("ipykernel")
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    nbformat.validate(notebook)
    for cell in notebook.cells:
        cell.source = cell.source.replace("MAX_ITER = 1000", "MAX_ITER = 20")
    folder = tmp_path_factory.mktemp("notebook")
    settings = {"timeout": 600, "kernel_name": "python3"}
    nbclient.NotebookClient(
        notebook, resources={"metadata": {"path": str(folder)}}, **settings
    ).execute()
    assert list(folder.iterdir()) == []
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def outputs(cells, begin):
    """What the cell shows that begins so: text, and data by type."""
    cell = next(cell for cell in cells if cell.source.startswith(begin))
    text = "".join(output.get("text", "") for output in cell.outputs)
    return text, {kind: value for o in cell.outputs for kind, value in o.get("data", {}).items()}


def test_what_the_notebook_shows(cells):
    assert "sk-top-container" in outputs(cells, "sampler =")[1]["text/html"]
    bar, shown = outputs(cells, "X_res, y_res")
    assert "adversarial" in bar
    assert "20/20" in bar
    assert "array([120, 120, 120, 120])" in shown["text/plain"]
    for display in ("Nearest", "Projection", "TrainingHistory", "from imblearn_gan.inspection"):
        assert "image/png" in outputs(cells, display)[1]
    scores = outputs(cells, "from sklearn.linear_model")[1]["text/html"]
    assert "<table" in scores
    assert "random oversampling" in scores
    page = outputs(cells, "report(")[1]["text/html"]
    assert page.startswith("<iframe")
    assert "Rows by class" in page


def test_the_notebook_is_stored_without_outputs():
    nbformat = pytest.importorskip("nbformat")
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert all(cell.outputs == [] and cell.execution_count is None for cell in code)
