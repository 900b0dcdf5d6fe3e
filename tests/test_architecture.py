"""The house stays in order: methods hold no optimizer, no backward, no device; files stay short."""

import ast
import io
import tokenize
from pathlib import Path

import pytest

import imblearn_gan
from imblearn_gan import BaseGANOversampler, over_sampling
from tests.instances import CLASSIFIERS, IMAGE_CLASSIFIERS, SAMPLERS

PACKAGE = Path(imblearn_gan.__file__).parent
METHODS = [
    *sorted((PACKAGE / "over_sampling").glob("_[a-z]*.py")),
    *sorted((PACKAGE / "classifiers").glob("_[a-z]*.py")),
]
FILES = sorted(PACKAGE.rglob("*.py"))
MAX_LINES, MAX_METHOD_LINES = 450, 80  # of any file; of a method's own code
FORBIDDEN = {"backward", "to", "cuda", "cpu", "zero_grad", "step", "optim"}


def forbidden(source):
    tree = ast.parse(source)
    return {n.attr for n in ast.walk(tree) if isinstance(n, ast.Attribute)} & FORBIDDEN


@pytest.mark.parametrize("path", METHODS, ids=lambda path: path.stem)
def test_methods_call_no_optimizer_no_backward_no_device(path):
    assert forbidden(path.read_text()) == set()


def test_the_rule_finds_what_it_forbids():
    assert forbidden("loss.backward(); x.to('cuda'); torch.optim.Adam") == {
        "backward",
        "to",
        "optim",
    }


def is_documentation(node):
    """Whether a statement is a docstring, of a module, a class, a function or a field."""
    return isinstance(node, ast.Expr) and isinstance(getattr(node.value, "value", None), str)


def code_lines(source):
    """How many lines hold code: no docstring, no import, no comment, not blank."""
    skipped = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT}
    lines = {
        line
        for token in tokenize.generate_tokens(io.StringIO(source).readline)
        if token.type not in skipped | {tokenize.ENDMARKER}
        for line in range(token.start[0], token.end[0] + 1)
    }
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import | ast.ImportFrom) or is_documentation(node):
            lines -= set(range(node.lineno, node.end_lineno + 1))
    return len(lines)


@pytest.mark.parametrize("path", METHODS, ids=lambda path: path.stem)
def test_a_method_is_short(path):
    assert code_lines(path.read_text()) <= MAX_METHOD_LINES


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_file_is_short(path):
    assert len(path.read_text().splitlines()) <= MAX_LINES


def test_lines_of_code_are_counted():
    source = '''"""A module,

with a docstring of three lines."""

from torch import (
    Tensor,  # an import
)

# a comment


class Method:  # counts
    """A class."""

    weight: float = 1.0  # counts
    """A field."""
    name = "counts"

    def losses(self, x: Tensor):  # counts
        """A function."""
        import torch

        text = """counts

        as four lines: it is no docstring.
        """
        return torch.stack(  # counts
            [x, text]  # counts
        )  # counts
'''
    assert code_lines(source) == 11
    assert code_lines("") == 0


def test_every_estimator_is_in_the_table_of_instances():
    public = [getattr(over_sampling, name) for name in over_sampling.__all__]
    samplers = {cls for cls in public if issubclass(cls, BaseGANOversampler)}
    assert samplers == {type(sampler) for sampler in SAMPLERS}
    classifiers = {getattr(imblearn_gan, n) for n in imblearn_gan.classifiers.__all__}
    assert classifiers == {type(model) for model in CLASSIFIERS + IMAGE_CLASSIFIERS}
