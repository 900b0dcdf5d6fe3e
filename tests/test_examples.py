"""Every example runs, at a small budget."""

from pathlib import Path

import pytest

from tests.scripts import run_script

EXAMPLES = Path(__file__).parent.parent / "examples"
ARGUMENTS = {
    "plot_images_resnet.py": ["--max-iter", "3", "--max-epochs", "1"],
    "plot_quick_start.py": None,  # takes a path
}


@pytest.mark.slow
@pytest.mark.skipif(not EXAMPLES.exists(), reason="installed without examples")
@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("plot_*.py")), ids=lambda path: path.stem)
def test_example(path, tmp_path):
    picture = tmp_path / "picture.png"
    arguments = ARGUMENTS.get(path.name, ["--max-iter", "3"])
    if arguments is None:
        arguments = [str(picture)]
    assert run_script(path, *arguments, cwd=tmp_path)
    assert {file.name for file in tmp_path.iterdir()} <= {"picture.png"}
