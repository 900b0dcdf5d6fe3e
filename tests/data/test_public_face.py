"""The room of data has a door: it knows nobody, and nobody reaches past its public names."""

import ast
from pathlib import Path

import pytest

import imblearn_gan
from imblearn_gan import data

PACKAGE = Path(imblearn_gan.__file__).parent
ROOM = sorted((PACKAGE / "data").glob("*.py"))
OTHERS = [path for path in sorted(PACKAGE.rglob("*.py")) if path not in ROOM]
READERS = [path for path in OTHERS if path.parent.name in ("metrics", "inspection")]


def nodes(path, *types):
    return [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, types)]


def imported(path):
    """Modules that a file imports of this package."""
    names = {node.module for node in nodes(path, ast.ImportFrom)}
    names |= {alias.name for node in nodes(path, ast.Import) for alias in node.names}
    return {name for name in names if name and name.split(".")[0] == "imblearn_gan"}


#: What named tuples call their public methods, and scorers of scikit-learn, which have no other
#: names, their parts.
PUBLIC = {"_asdict", "_replace", "_kwargs", "_response_method", "_score_func", "_sign"}


def private(path):
    """Private attributes of others, by name."""
    return {
        node.attr
        for node in nodes(path, ast.Attribute)
        if node.attr.startswith("_")
        and not node.attr.startswith("__")
        and not (isinstance(node.value, ast.Name) and node.value.id in ("self", "cls"))
    } - PUBLIC


OWN = {
    node.attr
    for path in ROOM
    for node in nodes(path, ast.Attribute)
    if node.attr.startswith("_") and not node.attr.startswith("__")
}


@pytest.mark.parametrize("path", ROOM, ids=lambda path: path.stem)
def test_data_knows_nothing_else_of_the_package(path):
    assert {name for name in imported(path) if not name.startswith("imblearn_gan.data")} == set()


@pytest.mark.parametrize("path", OTHERS, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_others_use_public_names_of_data(path):
    assert {name for name in imported(path) if name.startswith("imblearn_gan.data.")} == set()
    assert private(path) & OWN == set()


@pytest.mark.parametrize("path", READERS, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_metrics_and_displays_use_public_attributes(path):
    assert private(path) == set()


def test_the_rules_find_what_they_forbid(tmp_path):
    path = tmp_path / "bad.py"
    path.write_text("from imblearn_gan.data.codec import X\ncodec._ranges; self._own; v._asdict()")
    assert imported(path) == {"imblearn_gan.data.codec"}
    assert private(path) == {"_ranges"}
    assert "_ranges" in OWN


def test_the_public_names():
    assert data.__all__ == [
        "Column",
        "DataCodec",
        "DataSpec",
        "LabelCodec",
        "Origin",
        "Output",
        "RowStack",
        "check_bytes",
        "check_no_label_missing",
        "column_kind",
        "column_of",
        "first_of",
        "is_frame",
        "is_missing",
        "label_keys",
        "lie_in_file",
        "missing_in",
        "plain_labels",
        "take",
        "to_native",
        "to_pandas",
        "warn_user",
    ]
    assert all(getattr(data, name).__doc__ for name in data.__all__)
