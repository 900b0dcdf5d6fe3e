"""The house stays in order: methods hold no optimizer, no backward, no device."""

import ast
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


def test_every_estimator_is_in_the_table_of_instances():
    public = [getattr(over_sampling, name) for name in over_sampling.__all__]
    samplers = {cls for cls in public if issubclass(cls, BaseGANOversampler)}
    assert samplers == {type(sampler) for sampler in SAMPLERS}
    classifiers = {getattr(imblearn_gan, n) for n in imblearn_gan.classifiers.__all__}
    assert classifiers == {type(model) for model in CLASSIFIERS + IMAGE_CLASSIFIERS}
