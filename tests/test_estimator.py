"""Parameters are fields: what a class gets that lists only what it adds; documentation; pickles."""

import copy
import inspect
import pickle
import re
from dataclasses import dataclass, fields
from numbers import Integral, Real
from typing import ClassVar

import numpy as np
import pytest
import torch
from sklearn.base import BaseEstimator, clone
from sklearn.utils._param_validation import Interval

from imblearn_gan import BaseGANOversampler, CGANOversampler, ResNetClassifier
from imblearn_gan._docs import ATTRIBUTES, PARAMETERS, documented
from imblearn_gan._estimator import (
    CodecEstimator,
    NetworkEstimator,
    architecture_options,
)
from imblearn_gan._more_rows import read_rows
from imblearn_gan.networks import FAMILIES, MLPFamily
from tests.instances import CLASSIFIERS, IMAGE_CLASSIFIERS, SAMPLERS
from tests.samplers import TinySampler, labels, tiny

ESTIMATORS = [*SAMPLERS, *CLASSIFIERS, *IMAGE_CLASSIFIERS]
Y = labels(14, 9, 5)
X = np.random.RandomState(0).normal(size=(len(Y), 4))


@documented
@dataclass(kw_only=True, eq=False, repr=False)
class Elsewhere(TinySampler):
    """A method that lives elsewhere.

    Parameters
    ----------
    {data}

    strength : float, default=0.25
        Its own.

    max_iter : int, default=7
        Its own words.

    {game}

    {result}

    {run}

    Attributes
    ----------
    {attributes}

    Notes
    -----
    The end.
    """

    strength: float = 0.25
    max_iter: int = 7
    batch_size: int = 8
    replay: float = 0.75
    latent_dim: int = 3

    _families: ClassVar[dict] = {"mlp": MLPFamily}
    _parameter_constraints: ClassVar[dict] = {
        **TinySampler._parameter_constraints,
        "architecture": architecture_options("mlp"),
        "strength": [Interval(Real, 0, 1, closed="both")],
    }


@dataclass(kw_only=True, eq=False, repr=False)
class TwiceRemoved(Elsewhere):
    """Adds one parameter more, and changes one default."""

    n_more: int = 1
    strength: float = 0.5

    _parameter_constraints: ClassVar[dict] = {
        **Elsewhere._parameter_constraints,
        "n_more": [Interval(Integral, 1, None, closed="left")],
    }


OWN = {"strength", "latent_dim", "n_more"}
COMMON = {field.name for field in fields(BaseGANOversampler)}


# signature and parameters -----------------------------------------------------------------------


@pytest.mark.parametrize("estimator", ESTIMATORS, ids=lambda e: type(e).__name__)
def test_signature_is_keyword_only_and_complete(estimator):
    cls = type(estimator)
    parameters = inspect.signature(cls).parameters
    assert {p.kind for p in parameters.values()} == {inspect.Parameter.KEYWORD_ONLY}
    assert set(parameters) == set(cls._parameter_constraints)
    assert list(estimator.get_params()) == sorted(parameters)
    assert {name: p.default for name, p in parameters.items()} == cls().get_params()
    with pytest.raises(TypeError, match="positional"):
        cls("auto")
    with pytest.raises(TypeError, match="no_such"):
        cls(no_such=1)


def test_a_subclass_lists_only_what_it_adds_or_changes():
    assert set(inspect.signature(TwiceRemoved).parameters) == COMMON | OWN
    assert list(TwiceRemoved().get_params()) == sorted(COMMON | OWN)
    sampler = TwiceRemoved(n_more=4)
    assert (sampler.n_more, sampler.strength, sampler.max_iter, sampler.replay) == (4, 0.5, 7, 0.75)
    assert Elsewhere().strength == 0.25
    assert "n_more" not in Elsewhere().get_params()
    assert TinySampler().max_iter == BaseGANOversampler.max_iter


def test_parameters_of_a_subclass_are_validated():
    for params in ({"strength": 1.5}, {"n_more": 0}, {"max_iter": 0}, {"latent_dim": 0}):
        name = next(iter(params))
        with pytest.raises(ValueError, match=f"'{name}' parameter of TwiceRemoved"):
            TwiceRemoved(**params).fit_resample(X, Y)


def test_families_of_a_subclass_are_the_ones_it_names():
    with pytest.raises(ValueError, match="architecture"):
        Elsewhere(architecture="conv").fit_resample(X, Y)
    assert len(Elsewhere(architecture="mlp", max_iter=1).fit_resample(X, Y)[0]) == 42


def test_set_params_clone_and_repr_of_a_subclass():
    sampler = TwiceRemoved(n_more=2).set_params(n_more=3, batch_size=5)
    twin = clone(sampler)
    assert twin.get_params() == sampler.get_params()
    assert repr(twin) == repr(sampler) == "TwiceRemoved(batch_size=5, n_more=3)"
    with pytest.raises(ValueError, match="'no_such'"):
        sampler.set_params(no_such=1)
    assert "n_more" in sampler._repr_html_()


def test_estimators_are_compared_by_identity_and_can_be_keys():
    first, second = TwiceRemoved(), TwiceRemoved()
    assert first != second
    assert len({first, second, first}) == 2


def test_the_tree_of_estimators():
    assert issubclass(BaseGANOversampler, NetworkEstimator)
    assert issubclass(NetworkEstimator, CodecEstimator)
    assert issubclass(ResNetClassifier, CodecEstimator)
    assert not issubclass(ResNetClassifier, NetworkEstimator)
    of_a_game = {"architecture", "callbacks", "max_iter", "categorical_features"}
    assert of_a_game <= set(CGANOversampler().get_params())
    assert not of_a_game & set(ResNetClassifier().get_params())


@pytest.mark.parametrize("cls", [BaseGANOversampler, NetworkEstimator])
def test_what_a_method_must_give_is_abstract(cls):
    with pytest.raises(TypeError, match="abstract"):
        cls()


def test_one_name_has_one_default_in_the_base():
    defaults = {field.name: field.default for field in fields(CodecEstimator)}
    assert defaults == {
        "image_shape": None,
        "channels": "auto",
        "batch_size": 64,
        "random_state": None,
        "device": "auto",
        "verbose": 0,
    }


# pickles ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
def test_pickles_before_and_after_fitting(protocol):
    sampler = TwiceRemoved(random_state=0, n_more=2)
    assert pickle.loads(pickle.dumps(sampler, protocol)).get_params() == sampler.get_params()
    sampler.fit_resample(X, Y)
    loaded = pickle.loads(pickle.dumps(sampler, protocol))
    assert loaded.get_params() == sampler.get_params()
    assert loaded.history_ == sampler.history_
    assert np.array_equal(loaded.sample({1: 3})[0], sampler.sample({1: 3})[0])


def test_unfitted_copies_are_independent():
    sampler = tiny(callbacks=[])
    twin = copy.deepcopy(sampler)
    twin.callbacks.append(None)
    assert sampler.callbacks == []


# documentation ----------------------------------------------------------------------------------


def entries(doc):
    """Names and defaults of the parameters in a numpydoc docstring, in order."""
    section = inspect.cleandoc(doc).split("Parameters\n----------\n")[1].split("\n\nAttributes")[0]
    heads = [line for line in section.splitlines() if line and not line.startswith(" ")]
    assert all(" : " in line for line in heads)
    return {line.split(" : ")[0]: line.split("default=")[-1] for line in heads}


def test_docstring_of_a_subclass_elsewhere_is_filled():
    doc = Elsewhere.__doc__
    assert entries(doc) == {
        "sampling_strategy": "'auto'",
        "image_shape": "None",
        "channels": "'auto'",
        "categorical_features": "'auto'",
        "encoding": "'auto'",
        "strength": "0.25",
        "max_iter": "7",
        "architecture": "'auto'",
        "latent_dim": "3",
        "batch_size": "8",
        "learning_rate": "'auto'",
        "reject": "False",
        "replay": "0.75",
        "replay_augmentation": "None",
        "random_state": "None",
        "device": "'auto'",
        "callbacks": "None",
        "verbose": "0",
    }
    assert "Its own words." in doc
    assert "Updates of the generator.\n" not in doc.split("Attributes")[0]
    assert "architecture : {'auto', 'mlp'} or object" in doc
    assert "paper's own networks" not in doc
    assert "synthetic_mask_ : ndarray" in doc
    assert doc.rstrip().endswith("The end.")
    assert "<" not in doc


def test_an_undecorated_subclass_keeps_its_own_docstring():
    assert TwiceRemoved.__doc__ == "Adds one parameter more, and changes one default."


@pytest.mark.parametrize("estimator", ESTIMATORS, ids=lambda e: type(e).__name__)
def test_every_parameter_is_documented_once_with_its_default(estimator):
    cls = type(estimator)
    documented_ = entries(cls.__doc__)
    defaults = {field.name: repr(field.default) for field in fields(cls)}
    assert documented_.keys() == defaults.keys()
    told = {name: value for name, value in documented_.items() if name != "sampling_strategy"}
    assert {k: eval(v) for k, v in told.items()} == {k: eval(defaults[k]) for k in told}
    for place in (*PARAMETERS, *ATTRIBUTES):
        assert f"{{{place}}}" not in cls.__doc__
    heads = [line.split(" : ")[0] for line in cls.__doc__.splitlines() if " : " in line[:40]]
    assert len(heads) == len(set(heads))


@pytest.mark.parametrize("estimator", ESTIMATORS, ids=lambda e: type(e).__name__)
def test_every_word_that_a_parameter_is_said_to_take_is_taken(estimator):
    types = re.findall(r"^    (\w+) : (.+)$", type(estimator).__doc__, re.MULTILINE)
    said = {name: re.findall("'([^']+)'", kind) for name, kind in types}
    assert "auto" in said["device"]
    for name in estimator.get_params():
        for word in said[name]:
            clone(estimator).set_params(**{name: word})._validate_params()


def test_documented_needs_no_docstring():
    @documented
    @dataclass(kw_only=True)
    class Bare(BaseEstimator):
        pass

    assert "{" not in (Bare.__doc__ or "")


# reading ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["fit", "fit_resample"])
@pytest.mark.parametrize(
    ("rows", "params"),
    [(np.full_like(X, np.inf), {}), (X[:3], {}), (X, {"sampling_strategy": {9: 3}})],
    ids=["infinity", "lengths", "strategy"],
)
def test_a_failing_check_leaves_what_was_there(method, rows, params):
    sampler = tiny()
    sampler.fit_resample(X, Y)
    before = dict(vars(sampler))
    sampler.set_params(**params)
    with pytest.raises(ValueError, match=r"infinity|inconsistent|target class"):
        getattr(sampler, method)(rows, Y)
    after = vars(sampler)
    assert after.keys() == before.keys()
    assert all(after[name] is before[name] for name in before if name not in params)
    assert len(sampler.set_params(sampling_strategy="auto").sample({1: 4})[0]) == 4


def test_a_failing_first_fit_leaves_nothing():
    sampler = tiny()
    before = vars(sampler).keys()
    with pytest.raises(ValueError, match="infinity"):
        sampler.fit_resample(np.full_like(X, np.inf), Y)
    assert vars(sampler).keys() == before


def test_networks_are_built_from_the_seed_alone():
    weights = []

    class Noting(TinySampler):
        def _build_networks(self, spec, n_to_make):
            networks = super()._build_networks(spec, n_to_make)
            weights.append(torch.cat([p.detach().ravel() for p in networks.parameters()]))
            return networks

    for seed in (0, 0, 1):
        torch.rand(1)
        Noting(random_state=seed, max_iter=1).fit_resample(X, Y)
    assert torch.equal(weights[0], weights[1])
    assert not torch.equal(weights[0], weights[2])


@pytest.mark.parametrize(
    ("rows", "message"),
    [(X[:, :3], "3 features"), (X[:, :, None], "rows of shape"), (X.astype(str), "numbers")],
    ids=["columns", "images", "strings"],
)
def test_rows_that_do_not_fit_what_was_seen(rows, message):
    sampler = tiny()
    sampler.fit_resample(X, Y)
    assert np.array_equal(read_rows(sampler, X), X)
    with pytest.raises(ValueError, match=message):
        read_rows(sampler, rows)


def test_names_that_do_not_fit_what_was_seen():
    pd = pytest.importorskip("pandas")
    sampler = tiny()
    frame = pd.DataFrame(X, columns=list("abcd"))
    sampler.fit_resample(frame, Y)
    with pytest.raises(ValueError, match="feature names"):
        read_rows(sampler, frame[list("bacd")])


def test_names_of_families_are_those_that_there_are():
    assert set(FAMILIES) == {"mlp", "conv"}
    with pytest.raises(ValueError, match="architecture"):
        tiny(architecture="paper").fit_resample(X, Y)
