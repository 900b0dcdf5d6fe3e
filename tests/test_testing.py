"""The common checks find the faults that they are for."""

import os
import random
import subprocess
import sys
from dataclasses import dataclass

import numpy as np
import pytest
import torch
from sklearn.exceptions import SkipTestWarning
from sklearn.utils.estimator_checks import estimator_checks_generator

from imblearn_gan import BaseGANOversampler
from imblearn_gan.data import to_pandas
from imblearn_gan.testing import LEFT_OUT_CHECKS, assert_same, check_sampler, sampler_checks
from imblearn_gan.training import Phase
from tests.samplers import (
    NeedsThreeRows,
    TinySampler,
    assert_oversampled,
    images,
    labels,
    tiny,
)

SMALL = {"max_iter": 3, "batch_size": 8, "replay": 0.5}
field = dataclass(kw_only=True, eq=False, repr=False)


# parameters -------------------------------------------------------------------------------------


class TakesAnything(TinySampler):
    def __init__(self, *, strength=1.0, **params):
        super().__init__(**params)
        self.strength = strength


class LosesParameters(TinySampler):
    def __init__(self, *, max_iter=3, batch_size=8, replay=0.5):
        super().__init__(max_iter=max_iter, batch_size=batch_size, replay=replay)


@field
class Forgets(TinySampler):
    strength: float = 1.0

    def __post_init__(self):
        self.strength = 2.0


class Undecorated(TinySampler):
    strength: float = 1.0
    _parameter_constraints = {**TinySampler._parameter_constraints, "strength": [float]}


@field
class SetsMore(TinySampler):
    def __post_init__(self):
        self.cache = {}


@dataclass(kw_only=True, eq=False)
class OwnRepr(TinySampler):
    pass


@dataclass(kw_only=True, repr=False)
class OwnEq(TinySampler):
    pass


# results ----------------------------------------------------------------------------------------


class Changed(TinySampler):
    """Gives what ``_changed`` makes of the result."""

    def fit_resample(self, X, y):
        return self._changed(X, y, *super().fit_resample(X, y))


class OneTooFew(Changed):
    def _changed(self, X, y, X_res, y_res):
        return X_res[:-1], y_res[:-1]


class OneClassMissed(Changed):
    def _changed(self, X, y, X_res, y_res):
        y_res = np.array(y_res)
        y_res[y_res == 20] = 21
        return X_res, y_res


class Shuffles(Changed):
    def _changed(self, X, y, X_res, y_res):
        order = np.random.RandomState(0).permutation(len(y_res))
        return (X_res.iloc[order] if hasattr(X_res, "iloc") else X_res[order]), y_res[order]


class GivesAView(Changed):
    def _changed(self, X, y, X_res, y_res):
        return (X, y) if len(X_res) == len(X) else (X_res, y_res)


class KeepsOldNetworks(TinySampler):
    def _forget(self):
        networks = vars(self).get("networks_")
        super()._forget()
        if networks is not None:
            self.networks_ = networks


class OutOfRange(Changed):
    def _changed(self, X, y, X_res, y_res):
        if X_res.dtype == np.float64 and X_res.ndim == 2:
            X_res[len(X), 0] = 1e3
        return X_res, y_res


class Doubles(Changed):
    def _changed(self, X, y, X_res, y_res):
        return X_res.astype(np.float64), y_res


class RepeatsOthers(Changed):
    def _changed(self, X, y, X_res, y_res):
        self.sample_source_[len(X) :] = np.where(self.sample_source_[len(X) :] < 0, -1, 0)
        return X_res, y_res


class MarksNothing(Changed):
    def _changed(self, X, y, X_res, y_res):
        self.synthetic_mask_[:] = False
        return X_res, y_res


class LosesNames(Changed):
    def _changed(self, X, y, X_res, y_res):
        if hasattr(X_res, "iloc"):
            X_res = X_res.set_axis(range(X_res.shape[1]), axis=1)
        return X_res, y_res


class SampleLosesNames(TinySampler):
    def sample(self, counts, *, random_state=None):
        X_new, y_new = super().sample(counts, random_state=random_state)
        return X_new, y_new.rename(None) if hasattr(y_new, "rename") else y_new


class NewCategory(Changed):
    def _changed(self, X, y, X_res, y_res):
        if "word" in X_res:
            X_res.loc[len(X), "word"] = "perhaps"
        return X_res, y_res


class BreaksOneHot(Changed):
    def _changed(self, X, y, X_res, y_res):
        if "second" in X_res:
            X_res.loc[len(X), ["first", "second"]] = True
        return X_res, y_res


class MakesMissing(Changed):
    def _changed(self, X, y, X_res, y_res):
        X_res.iloc[len(X), 3] = None
        return X_res, y_res


class TurnsImages(Changed):
    def _changed(self, X, y, X_res, y_res):
        return (X_res.transpose(0, 2, 3, 1) if X_res.ndim == 4 else X_res), y_res


# randomness -------------------------------------------------------------------------------------


class Noisy(TinySampler):
    def _generate(self, networks, y):
        made = super()._generate(networks, y)
        return made + self._noise(made)


class GlobalNoise(Noisy):
    def _noise(self, made):
        return torch.from_numpy(np.random.normal(size=made.shape)).float()  # noqa: NPY002


class FreshNoise(Noisy):
    def _noise(self, made):
        seed = int.from_bytes(os.urandom(4), "little")
        return torch.randn(made.shape, generator=torch.Generator().manual_seed(seed))


class SeedsPython(Noisy):
    def _noise(self, made):
        random.seed(3)
        return random.random()


class SeedsTorch(Changed):
    def _changed(self, X, y, X_res, y_res):
        torch.manual_seed(self.random_state)
        return X_res, y_res


class OneRow(TinySampler):
    def _generate(self, networks, y):
        return torch.zeros(len(y), *self.codec_.spec(()).shape)


class DependsOnMode(Changed):
    def _changed(self, X, y, X_res, y_res):
        if torch.is_inference_mode_enabled():
            X_res[-1] = X_res[-1, ::-1].copy()
        return X_res, y_res


class SetsDtype(Changed):
    def _changed(self, X, y, X_res, y_res):
        torch.set_default_dtype(torch.float32)
        return X_res, y_res


class Drawn(TinySampler):
    """Gives what ``_drawn`` makes of what ``sample`` draws."""

    def sample(self, counts, *, random_state=None):
        return self._drawn(*super().sample(counts, random_state=random_state))


class OtherOrder(Drawn):
    def _drawn(self, X_new, y_new):
        return X_new[::-1], y_new[::-1]


class OneLess(Drawn):
    def _drawn(self, X_new, y_new):
        return X_new[1:], y_new


class TooLarge(Drawn):
    def _drawn(self, X_new, y_new):
        return X_new * 1000, y_new


class StartsAgain(TinySampler):
    def sample(self, counts, *, random_state=None):
        return super().sample(counts, random_state=0)


class NeverStartsAgain(Drawn):
    n_drawn = 0

    def _drawn(self, X_new, y_new):
        type(self).n_drawn += 1
        return X_new + self.n_drawn, y_new


class IgnoresTheSeed(TinySampler):
    def sample(self, counts, *, random_state=None):
        return super().sample(counts)


class PicklesBadly(TinySampler):
    def __setstate__(self, state):
        super().__setstate__(state)
        self._stream = np.random.RandomState(99)


# the fitted object ------------------------------------------------------------------------------


class HalfTrained(TinySampler):
    def _phases(self, networks, data):
        for phase in super()._phases(networks, data):
            phase.max_iter = 1
            yield phase


class OtherPhase(TinySampler):
    def _phases(self, networks, data):
        for phase in super()._phases(networks, data):
            yield Phase("game", phase.players, phase.max_iter)


class Trained(TinySampler):
    """Does ``_after`` once it is trained."""

    def _train(self, *arguments):
        super()._train(*arguments)
        self._after(*arguments)


class ForgetsHistory(Trained):
    def _after(self, *_):
        self.history_ = []


class RecordsNothing(Trained):
    def _after(self, *_):
        self.history_ = [{"phase": r["phase"], "iteration": 1} for r in self.history_]


class StaysInTrainingMode(Trained):
    def _after(self, *_):
        self.networks_.train()


class WantsGradients(Trained):
    def _after(self, *_):
        self.networks_.requires_grad_(True)


class KeepsData(Trained):
    def _after(self, encoded, *_):
        self._rows = encoded


class TrainsInFit(TinySampler):
    def fit(self, X, y):
        self.fit_resample(X, y)
        return self


class FitGivesRows(TinySampler):
    def fit(self, X, y):
        return super().fit(X, y).codec_


class NoStrategy(TinySampler):
    def fit(self, X, y):
        super().fit(X, y)
        self.sampling_strategy_ = {}
        return self


# manners ----------------------------------------------------------------------------------------


class ChangesX(Changed):
    def _changed(self, X, y, X_res, y_res):
        X[:] = 0
        return X_res, y_res


class ChangesTheFrame(Changed):
    def _changed(self, X, y, X_res, y_res):
        if hasattr(X, "iloc"):
            X.index = range(len(X))
        return X_res, y_res


class ChangesY(Changed):
    def _changed(self, X, y, X_res, y_res):
        y[:] = 0
        return X_res, y_res


class Prints(Trained):
    def _after(self, *_):
        print("loss: 0.1")  # noqa: T201


class PrintsInC(Trained):
    def _after(self, *_):
        os.write(2, b"loss: 0.1\n")


class PrintsInSample(Drawn):
    def _drawn(self, X_new, y_new):
        print("done", file=sys.stderr)  # noqa: T201
        return X_new, y_new


class LeavesAFile(Trained):
    def _after(self, *_):
        with open("losses.txt", "w") as file:
            file.write("0.1")


# imbalanced-learn's and scikit-learn's ----------------------------------------------------------


@field
class Unconstrained(TinySampler):
    strength: float = 1.0


class TakesContinuousLabels(TinySampler):
    def fit_resample(self, X, y):
        if np.asarray(y).dtype.kind == "f" and len(set(np.ravel(y))) > 10:
            return X, y
        return super().fit_resample(X, y)


class OverwritesParameters(TinySampler):
    def fit(self, X, y):
        self.batch_size = 9
        return super().fit(X, y)


FAULTY = [
    (TakesAnything, "check_parameters", r"\['params'\] by position or as"),
    (LosesParameters, "check_parameters", "does not take the common parameters.*'learning_rate'"),
    (Forgets, "check_parameters", "The constructor does not store the parameter strength"),
    (Undecorated, "check_parameters", r"\['strength'\], which are no parameters. Is Undecorated"),
    (OwnRepr, "check_repr", "Leave scikit-learn's"),
    (OwnEq, "check_repr", "own __eq__"),
    (SetsMore, "check_clone", r"\['cache'\]"),
    (OneTooFew, "check_counts", r"must become \[14, 14, 14\]. Got \[14, 14, 13\]"),
    (OneClassMissed, "check_many_classes", "equally large"),
    (Shuffles, "check_balanced_set", "come back untouched. X"),
    (GivesAView, "check_balanced_set", "no view"),
    (KeepsOldNetworks, "check_balanced_set", "Nothing must be trained"),
    (OutOfRange, "check_tables", r"Column 0 .* to 1000.0, but .* was seen"),
    (Doubles, "check_tables", "first rows .* They and X differ in dtype"),
    (RepeatsOthers, "check_replay", "Repeated rows and the real rows"),
    (MarksNothing, "check_replay", "synthetic_mask_ must tell"),
    (LosesNames, "check_frames", "first rows .* They and X differ"),
    (SampleLosesNames, "check_frames", "the name of y"),
    (NewCategory, "check_categories", r"Column 3 .*'perhaps'.* not seen"),
    (MakesMissing, "check_categories", "Column 3 .* has missing values, but none were seen"),
    (BreaksOneHot, "check_missing", "One-hot columns must stay so"),
    (TurnsImages, "check_images", "They and X differ in shape"),
    (GlobalNoise, "check_seed", "every call must give the same rows"),
    (FreshNoise, "check_seed", "every call must give the same rows"),
    (OneRow, "check_seed", "give the same generated rows"),
    (GlobalNoise, "check_global_generators", "numpy.random"),
    (SeedsPython, "check_global_generators", r"\['random'\]"),
    (SeedsTorch, "check_global_generators", r"\['torch'\]"),
    (DependsOnMode, "check_callers_settings", "with and without them differ"),
    (SetsDtype, "check_callers_settings", "default dtype was changed"),
    (OtherOrder, "check_sample", "seven labels 1"),
    (OneLess, "check_sample", "must give 11 rows"),
    (TooLarge, "check_sample", "Column 0 of what sample gives"),
    (StartsAgain, "check_stream_of_samples", "Two calls of sample"),
    (NeverStartsAgain, "check_stream_of_samples", "After the same fit_resample"),
    (IgnoresTheSeed, "check_stream_of_samples", "With random_state=3"),
    (PicklesBadly, "check_copies", "A copy by pickle"),
    (HalfTrained, "check_fitted_attributes", "n_iter_ must be 3"),
    (OtherPhase, "check_fitted_attributes", "No phase is called 'adversarial'"),
    (ForgetsHistory, "check_fitted_attributes", "history_ must hold"),
    (RecordsNothing, "check_fitted_attributes", "holds no loss"),
    (StaysInTrainingMode, "check_fitted_attributes", "evaluation mode"),
    (WantsGradients, "check_fitted_attributes", "no gradients"),
    (KeepsData, "check_size", "Keep no training data"),
    (TrainsInFit, "check_fit_only_validates", "must only validate"),
    (FitGivesRows, "check_fit_only_validates", "must return the sampler"),
    (NoStrategy, "check_fit_only_validates", "must work out sampling_strategy_"),
    (ChangesX, "check_input_is_not_changed", "must not change X"),
    (ChangesTheFrame, "check_input_is_not_changed", "must not change X"),
    (ChangesY, "check_input_is_not_changed", "must not change y"),
    (Prints, "check_silence", "nothing must be printed. Got 'loss: 0.1"),
    (PrintsInC, "check_silence", "nothing must be printed. Got 'loss: 0.1"),
    (PrintsInSample, "check_silence", "nothing must be printed. Got 'done"),
    (LeavesAFile, "check_silence", r"\['losses.txt'\] were left"),
    (Unconstrained, "check_param_validation", "strength"),
    (TakesContinuousLabels, "check_target_type", "Unknown label type"),
    (OverwritesParameters, "check_dont_overwrite_parameters", "batch_size|public attribute"),
    (OverwritesParameters, "check_estimators_overwrite_params", "batch_size"),
]


@pytest.mark.parametrize(
    ("faulty", "name", "message"), FAULTY, ids=[f"{c.__name__}-{name}" for c, name, _ in FAULTY]
)
def test_the_check_finds_the_fault(faulty, name, message):
    checks = dict(sampler_checks(tiny()))
    with pytest.raises(AssertionError, match=message):
        checks[name](faulty(**SMALL))


def test_every_check_of_the_package_is_shown_a_fault():
    own = {
        name
        for name, check in sampler_checks(tiny())
        if getattr(check, "__module__", "").startswith("imblearn_gan")
    }
    assert len(own) == 23
    assert own == {name for _, name, _ in FAULTY} & own


# the run ----------------------------------------------------------------------------------------


def test_check_sampler_names_the_check_and_changes_nothing():
    sampler = Prints(**SMALL, random_state=None)
    before = dict(vars(sampler))
    with pytest.raises(AssertionError, match=r"^check_silence: With verbose=0"):
        check_sampler(sampler)
    assert vars(sampler) == before


def test_expected_failures_are_left_out():
    expected = {"check_silence": "this one talks"}
    check_sampler(Prints(**SMALL), expected_failed_checks=expected)
    names = dict(sampler_checks(tiny()))
    assert names.keys() - dict(sampler_checks(tiny(), expected_failed_checks=expected)).keys() == {
        "check_silence"
    }


def test_a_typing_error_among_expected_failures_is_told():
    with pytest.raises(ValueError, match=r"\['check_silent'\]"):
        list(sampler_checks(tiny(), expected_failed_checks={"check_silent": "typing error"}))


@pytest.mark.parametrize("other", [object(), TinySampler, BaseGANOversampler])
def test_only_samplers_are_checked(other):
    with pytest.raises(TypeError, match="instance of BaseGANOversampler"):
        check_sampler(other)


def test_names_are_unique():
    names = [name for name, _ in sampler_checks(tiny())]
    assert len(names) == len(set(names)) > 60


def test_what_is_left_out_would_be_there():
    names = {
        getattr(check, "func", check).__name__ for _, check in estimator_checks_generator(tiny())
    }
    assert LEFT_OUT_CHECKS.keys() <= names
    assert all(LEFT_OUT_CHECKS.values())
    ours = {name.partition("[")[0] for name, _ in sampler_checks(tiny())}
    assert names - ours == LEFT_OUT_CHECKS.keys()


class ForImages(TinySampler):
    """A method that takes no tables."""

    def _check_spec(self, spec):
        if not spec.is_image:
            raise ValueError("ForImages is for images.")
        super()._check_spec(spec)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False
        tags.input_tags.categorical = False
        return tags


def test_a_sampler_for_images_alone():
    check_sampler(ForImages(**SMALL))
    names = dict(sampler_checks(ForImages()))
    assert "check_images" in names
    assert not {"check_tables", "check_frames", "check_categories", "check_missing"} & names.keys()


def test_a_method_that_needs_several_rows_of_a_class():
    reason = "has classes of fewer than three rows"
    few = ["dont_overwrite_parameters", "f_contiguous_array_estimator", "fit2d_1feature"]
    expected = {f"check_{name}": reason for name in few}
    check_sampler(NeedsThreeRows(**SMALL), expected_failed_checks=expected)


def test_settings_for_other_data_do_not_matter():
    settings = {"image_shape": (28, 28), "channels": "last", "sampling_strategy": {7: 100}}
    check_sampler(TinySampler(**SMALL | {"replay": 1.0}, categorical_features=[9], **settings))


def test_without_pandas(monkeypatch):
    for module in ("rows", "manners"):
        monkeypatch.setattr(f"imblearn_gan.testing.{module}.has_pandas", lambda: False)
    with pytest.warns(SkipTestWarning) as warned:
        check_sampler(tiny())
    skipped = {str(w.message).split()[0] for w in warned if w.category is SkipTestWarning}
    assert skipped == {"check_frames", "check_categories", "check_missing"}


@pytest.mark.slow
def test_pytest_and_pandas_are_not_needed():
    code = """
import sys
from importlib.machinery import PathFinder
find, missing = PathFinder.find_spec, ("pytest", "pandas")
PathFinder.find_spec = lambda name, *r: None if name in missing else find(name, *r)
from imblearn_gan import CGANOversampler
from imblearn_gan.testing import check_sampler
check_sampler(CGANOversampler(max_iter=1, batch_size=4))
assert not {"pytest", "pandas"} & set(sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


# assertions -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "second", "message"),
    [
        (np.zeros(2), [0.0, 0.0], "type"),
        (np.zeros(2), np.zeros(2, dtype=int), "dtype"),
        (np.zeros(2), np.zeros(3), "shape"),
        (np.zeros(2), np.ones(2), "values"),
        (np.zeros(2), -np.zeros(2), "signs"),
        ([1, 2], [2, 1], "values"),
    ],
    ids=["type", "dtype", "shape", "values", "signs", "list"],
)
def test_containers_that_differ(first, second, message):
    with pytest.raises(AssertionError, match=f"^Rows differ in .*{message}"):
        assert_same(first, second, "Rows")


def test_assert_oversampled_of_changed_copies():
    X, y = images(26, 6, 6), labels(20, 6)
    sampler = tiny(replay=0.5, replay_augmentation=["mirror"])
    X_res, y_res = sampler.fit_resample(X, y)
    assert_oversampled(sampler, X, y, X_res, y_res)
    y_res[sampler.sample_source_ < 0] = 0
    with pytest.raises(AssertionError, match="sampling_strategy_ asks for"):
        assert_oversampled(sampler, X, y, X_res, y_res)


# frames of other libraries ----------------------------------------------------------------------


def polars_rows():
    pl = pytest.importorskip("polars")
    r, n = np.random.RandomState(0), 40
    X = pl.DataFrame(
        {
            "real": np.where(np.arange(n) % 4 == 0, np.nan, r.normal(size=n)),
            "null": [None if i % 4 == 0 else float(i % 7) for i in range(n)],
            "zero": [0.0, -0.0, 1.0, 2.0] * 10,
            "word": ["a", None, "b", "b"] * 10,
        }
    )
    return X, pl.Series("label", ["x"] * 28 + ["y"] * 12)


@pytest.mark.parametrize("arrow", [False, True], ids=["polars", "pyarrow"])
def test_assert_oversampled_of_frames_of_other_libraries(arrow):
    X, y = polars_rows()
    pa = pytest.importorskip("pyarrow")
    if arrow:
        X, y = X.to_arrow(), pa.chunked_array([y.to_list()])
    sampler = tiny(replay=0.5)
    X_res, y_res = sampler.fit_resample(X, y)
    assert_oversampled(sampler, X, y, X_res, y_res)
    columns = X_res.to_pydict() if arrow else X_res.to_dict(as_series=False)
    make = pa.table if arrow else type(X)

    def fails(match, **changed):
        with pytest.raises(AssertionError, match=match):
            assert_oversampled(sampler, X, y, make({**columns, **changed}), y_res)

    def spoilt(name, place, value):
        return {name: [value if i == place else v for i, v in enumerate(columns[name])]}

    fails("real ones, untouched.*'real'", **spoilt("real", 1, 7.0))
    fails("differ in their schema", word=[None] * 56)
    fails("'real'. What is null and what is NaN changed", **spoilt("real", 0, None))
    fails("'zero'. The signs of zeros changed", **spoilt("zero", 1, 0.0))
    generated = int(np.flatnonzero(sampler.synthetic_mask_)[0])
    repeated = int(np.flatnonzero(sampler.sample_source_ >= 0)[-1])
    fails("which were not seen", **spoilt("word", generated, "c"))
    fails("Column 1 of the added rows reaches from", **spoilt("null", generated, 99.0))
    fails("Repeated rows and the real rows", **spoilt("null", repeated, 3.25))
    with pytest.raises(AssertionError, match="differ in type"):
        assert_oversampled(sampler, X, y, to_pandas(X_res), y_res)


def test_same_series_of_polars():
    _, y = polars_rows()
    assert_same(y, y.clone())
    with pytest.raises(AssertionError, match="differ"):
        assert_same(y, y.reverse())
