"""Odd inputs give the right result, or an error before training that says what is wrong."""

import os
import pickle
import random
import re
import traceback
import warnings

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from tests import odd
from tests.instances import CLASSIFIERS, IMAGE_CLASSIFIERS, SAMPLERS
from tests.samplers import Recorder, tiny
from tests.test_properties import QUIET

ESTIMATORS = [*SAMPLERS, *CLASSIFIERS, *IMAGE_CLASSIFIERS]
#: Where a clear error comes from.
PLACES = ("imblearn_gan", "imblearn", "sklearn")
WORDS = (
    "X",
    "y",
    "[Cc]olumns?",
    "[Cc]lass(es)?",
    "[Ii]mages?",
    "counts",
    "[Ll]abels?",
    "features?",
    "samples?",
    "targets",
)
SMALL = {"max_iter": 2, "pretrain_iter": 1, "max_epochs": 1, "batch_size": 4, "latent_dim": 2}


@pytest.fixture(scope="module", autouse=True)
def empty_folder(tmp_path_factory):
    """A folder in which no other process writes: files that appear there are ours."""
    before = os.getcwd()
    os.chdir(tmp_path_factory.mktemp("empty"))
    yield
    os.chdir(before)


def small(estimator, **params):
    """Return an estimator that trains for a moment, and what hears of its training."""
    recorder, names = Recorder(), estimator.get_params()
    chosen = {name: value for name, value in SMALL.items() if name in names}
    if "callbacks" in names:
        chosen["callbacks"] = [recorder]
    if "width" in names:
        chosen["width"] = 1
    twin = clone(estimator).set_params(**chosen, random_state=0)
    return twin.set_params(**params), recorder


def global_state():
    return {
        "random": random.getstate(),
        "numpy": pickle.dumps(np.random.get_state()),  # noqa: NPY002
        "torch": torch.get_rng_state().tolist(),
        "dtype": torch.get_default_dtype(),
        "device": torch.get_default_device(),
        "threads": torch.get_num_threads(),
        "gradients": torch.is_grad_enabled(),
        "errors": np.geterr(),
        "files": sorted(os.listdir()),
    }


def frozen(value):
    """Return what shows whether a value was changed; None if nothing can."""
    if hasattr(value, "indptr"):  # scipy notes whether indices are sorted
        value = value.data, value.indices, value.indptr
    try:
        if hasattr(value, "iloc"):  # pandas notes what it has looked up
            names = value.columns if hasattr(value, "columns") else value.name
            value = repr((names, value.index, value.to_numpy().tolist()))
        return pickle.dumps(value)
    except Exception:
        return None


def assert_clear(error, estimator):
    """An error says what is wrong with what was given, and does not come from the depths."""
    shown = "".join(traceback.format_exception(error))[-3000:]
    assert isinstance(error, (ValueError, TypeError)), shown
    assert not isinstance(error, UnicodeError), shown
    frames = [f for f, _ in traceback.walk_tb(error.__traceback__)]
    place = frames[-1].f_globals.get("__name__", "").split(".")[0]
    assert place in PLACES, f"raised in {place}: {shown}"
    names = "|".join([*map(re.escape, estimator.get_params()), *WORDS])
    assert re.search(rf"(?<!\w)({names})(?!\w)", str(error)), shown


def used(estimator, X, y):
    """Use an estimator in full."""
    if hasattr(estimator, "fit_resample"):
        X_res, y_res = estimator.fit_resample(X, y)
        n = X_res.shape[0] if hasattr(X_res, "shape") else len(X_res)
        assert n == np.shape(y_res)[0] == len(estimator.synthetic_mask_)
        made = {label: 2 for label, n in estimator.sampling_strategy_.items() if n}
        if made and hasattr(estimator, "networks_"):
            estimator.sample(made)
    else:
        estimator.fit(X, y)
        estimator.predict_proba(X)
        assert 0 <= estimator.score(X, y) <= 1


def error_of(function, *args):
    """Return the error that a call raises, or None."""
    try:
        function(*args)
    except Exception as error:
        return error
    return None


def check(estimator, X, y, params):
    """The right result or a clear error before training; nothing modified, moved or left."""
    estimator, recorder = small(estimator, **params)
    given, before = (frozen(X), frozen(y), frozen(params)), global_state()
    random_state = params.get("random_state", 0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        error = error_of(used, estimator, X, y)
    if error is not None:
        assert_clear(error, estimator)
        assert recorder.events == [], f"after training: {error!r}"
        assert not hasattr(estimator, "networks_")
    after = global_state()
    if random_state is None:
        del before["numpy"], after["numpy"]
    assert [key for key in after if after[key] != before[key]] == []
    if not hasattr(random_state, "normal"):
        for what, now in zip(given, (X, y, params)):
            assert what is None or what == frozen(now), "modified in place"


def estimators_for(i, all_of_them):
    """Return all estimators, or those that are next."""
    n = len(ESTIMATORS)
    return ESTIMATORS if all_of_them else [ESTIMATORS[i % n]]


TIERS = [pytest.param(False, id="one"), pytest.param(True, id="all", marks=pytest.mark.slow)]


@pytest.mark.parametrize("every", TIERS)
@pytest.mark.parametrize("name", odd.ROWS)
def test_odd_rows(name, every):
    i = list(odd.ROWS).index(name)
    for estimator in [tiny(), *estimators_for(i, every)]:
        check(estimator, odd.ROWS[name](), odd.plain(), {})
    for replay in (0.5, 1.0):
        check(tiny(replay=replay), odd.ROWS[name](), odd.plain(), {})


@pytest.mark.parametrize("every", TIERS)
@pytest.mark.parametrize("name", odd.LABELS)
def test_odd_labels(name, every):
    i = list(odd.LABELS).index(name)
    for estimator in [tiny(), *estimators_for(i, every)]:
        for X in (odd.table(), odd.pixels(4, 4)):
            check(estimator, X, odd.LABELS[name](), {})


@pytest.mark.parametrize("every", TIERS)
@pytest.mark.parametrize("name", sorted({name for name, _ in odd.PARAMS}))
def test_odd_parameters(name, every):
    values = [value for own, value in odd.PARAMS if own == name]
    having = [e for e in [tiny(), *ESTIMATORS] if name in e.get_params()]
    for i, value in enumerate(values):
        for estimator in having if every else [having[i % len(having)]]:
            is_for_images = estimator in IMAGE_CLASSIFIERS
            X = odd.pixels(4, 4) if is_for_images else odd.table()
            check(estimator, X, odd.plain(), {name: value})


@pytest.mark.parametrize("counts", odd.REQUESTS, ids=lambda counts: str(counts)[:30])
def test_odd_requests(counts):
    sampler = tiny(sampling_strategy={2: 8})
    sampler.fit_resample(odd.table(), odd.plain())
    before = global_state()
    try:
        X_new, y_new = sampler.sample(counts)
        assert len(X_new) == len(y_new) > 0
    except Exception as error:
        assert_clear(error, sampler)
    assert global_state() == before
    assert len(sampler.sample({2: 3})[0]) == 3


@pytest.mark.parametrize("every", TIERS)
def test_odd_things_together(every):
    rows = st.sampled_from(sorted(odd.ROWS))
    labels = st.sampled_from(sorted(odd.LABELS))
    params = st.lists(st.sampled_from(odd.PARAMS), max_size=3)

    @settings(max_examples=1000 if every else 150, **QUIET)
    @given(st.sampled_from(range(len(ESTIMATORS))), rows, labels, params)
    def any_of_them(i, row, label, chosen):
        estimator = ESTIMATORS[i]
        own = {name: value for name, value in chosen if name in estimator.get_params()}
        if isinstance(own.get("random_state"), np.random.Generator | np.random.RandomState):
            del own["random_state"]
        check(estimator, odd.ROWS[row](), odd.LABELS[label](), own)

    any_of_them()


@pytest.mark.filterwarnings("ignore")
def test_what_is_refused():
    """And nothing else: an error is no way out."""
    refused = {
        "rows": [name for name, make in odd.ROWS.items() if refuses(make(), odd.plain())],
        "labels": [name for name, make in odd.LABELS.items() if refuses(odd.table(), make())],
    }
    for what, text in (("rows", odd.REFUSED_ROWS), ("labels", odd.REFUSED_LABELS)):
        assert refused[what] == text.replace("\n", " ").split("; ")


def refuses(X, y):
    return error_of(used, small(tiny())[0], X, y) is not None


def test_there_are_a_thousand():
    """Of one kind of oddity each; the others are made of these."""
    n = 3 * len(odd.ROWS) + 3 * len(odd.LABELS) + len(odd.PARAMS) + len(odd.REQUESTS)
    assert n + 150 > 1000


def test_an_unclear_error_is_found():
    class Unclear(type(tiny())):
        def _check_spec(self, spec):
            raise ValueError("oh no")

    with pytest.raises(AssertionError, match="oh no"):
        check(Unclear(), odd.table(), odd.plain(), {})
    with pytest.raises(NotFittedError):
        tiny().sample({2: 1})
