"""Every example runs, at a small budget, as a script and as a page of the gallery."""

import ast
import re
from pathlib import Path

import pytest
from PIL import Image

from tests.scripts import run_script

EXAMPLES = Path(__file__).parent.parent / "examples"
SCRIPTS = sorted(EXAMPLES.glob("plot_*.py"))
ARGUMENTS = {
    "plot_images_resnet.py": ["--max-epochs", "1"],
    "plot_paper_table.py": ["--seeds", "2"],
    "plot_pytorch_loop.py": ["--epochs", "1"],
}

pytestmark = pytest.mark.skipif(not EXAMPLES.exists(), reason="installed without examples")


@pytest.mark.slow
@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_example(path, tmp_path):
    arguments = ["--max-iter", "3", *ARGUMENTS.get(path.name, [])]
    assert run_script(path, *arguments, "picture.png", cwd=tmp_path)
    assert {file.name for file in tmp_path.iterdir()} == {"picture.png"}
    with Image.open(tmp_path / "picture.png") as picture:
        assert min(picture.size) > 100
        assert len(picture.convert("L").getcolors()) > 2  # something is drawn


@pytest.mark.slow
def test_nothing_is_written_unasked(tmp_path):
    run_script(EXAMPLES / "plot_own_method.py", "--max-iter", "3", cwd=tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_form_of_a_gallery(path):
    """A title that is underlined, cells with headings, and the command that runs the script."""
    source = path.read_text()
    title, line, *text = ast.get_docstring(ast.parse(source)).splitlines()
    assert line == "=" * len(title)
    command = next(line.split() for line in text if line.startswith("    python examples/"))
    assert command[1] == f"examples/{path.name}"
    assert command[2].endswith(".png")
    cells = re.findall(r"^# %%\n# (.+)\n# (-+)$", source, re.MULTILINE)
    assert len(cells) >= 3
    assert all(len(heading) == len(line) for heading, line in cells)
    assert source.count("# %%") == len(cells)
