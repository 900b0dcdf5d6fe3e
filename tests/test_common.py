"""What holds for every sampler: imbalanced-learn's checks, and the promises of the base."""

import copy
import io
import pickle

import joblib
import numpy as np
import pandas as pd
import pytest
import torch
from imblearn.utils.estimator_checks import (
    check_dataframe_column_names_consistency,
    check_param_validation,
    parametrize_with_checks,
)
from sklearn.base import clone
from sklearn.datasets import make_classification

from tests.instances import SAMPLERS
from tests.samplers import assert_oversampled, assert_same, class_codes, images, labels, tiny

INSTANCES = [*SAMPLERS, tiny()]
Y = labels(14, 9, 5)


def table(n=28):
    return np.random.RandomState(0).normal(size=(n, 4))


@pytest.fixture(params=INSTANCES, ids=lambda sampler: type(sampler).__name__)
def sampler(request):
    return clone(request.param)


@parametrize_with_checks(INSTANCES)
def test_imbalanced_learn(estimator, check, request):
    check(estimator)


@pytest.mark.parametrize(
    "check", [check_param_validation, check_dataframe_column_names_consistency]
)
def test_imbalanced_learn_validation(sampler, check):
    check(type(sampler).__name__, sampler)


@pytest.mark.parametrize(
    "X",
    [
        table(),
        table().astype(np.float32),
        images(len(Y), 8, 8),
        images(len(Y), 3, 8, 7),
        images(len(Y), 7, 8, 3),
        images(len(Y), 1, 5, 5, dtype=np.float32),
    ],
    ids=["float64", "float32", "gray", "channels_first", "channels_last", "one_channel"],
)
def test_arrays(sampler, X):
    assert_oversampled(sampler, X, Y, *sampler.fit_resample(X, Y))


def test_frame_with_categories(sampler):
    X = pd.DataFrame(
        {
            "real": table()[:, 0],
            "count": np.arange(len(Y)),
            "colour": pd.Categorical(["red", "green", "blue", "red"] * 7),
            "word": ["yes", "no"] * 14,
            "flag": [True, False] * 14,
        },
        index=np.arange(len(Y)) * 2,
    )
    assert_oversampled(sampler, X, Y, *sampler.fit_resample(X, Y))


@pytest.mark.parametrize(
    ("strategy", "expected"),
    [
        ("auto", [14, 14, 14]),
        ("all", [14, 14, 14]),
        ("minority", [14, 9, 14]),
        ("not minority", [14, 14, 5]),
        ({0: 20, 2: 11}, [20, 9, 11]),
        (lambda y: {1: 10}, [14, 10, 5]),
    ],
)
def test_counts_are_exact(sampler, strategy, expected):
    X_res, y_res = sampler.set_params(sampling_strategy=strategy).fit_resample(table(), Y)
    assert np.bincount(y_res).tolist() == expected
    assert len(X_res) == sum(expected)


def test_ratio_strategy(sampler):
    y = labels(20, 4)
    _, y_res = sampler.set_params(sampling_strategy=0.5).fit_resample(table(24), y)
    assert np.bincount(y_res).tolist() == [20, 10]


def test_seed_gives_the_same_rows(sampler):
    X = table()
    first, _ = sampler.fit_resample(X, Y)
    again, _ = sampler.fit_resample(X, Y)
    cloned, _ = clone(sampler).fit_resample(X, Y)
    other, _ = clone(sampler).set_params(random_state=1).fit_resample(X, Y)
    assert_same(first, again)
    assert_same(first, cloned)
    assert (first != other)[sampler.synthetic_mask_].any()


def test_global_generators_stand_still(sampler):
    np_before, torch_before = np.random.get_state()[1].copy(), torch.get_rng_state()  # noqa: NPY002
    sampler.fit_resample(table(), Y)
    sampler.sample({1: 3})
    assert np.array_equal(np.random.get_state()[1], np_before)  # noqa: NPY002
    assert torch.equal(torch.get_rng_state(), torch_before)


def test_settings_of_the_caller_do_not_matter(sampler):
    expected, _ = sampler.fit_resample(table(), Y)
    try:
        torch.set_default_dtype(torch.float64)
        with torch.inference_mode():
            rows, _ = sampler.fit_resample(table(), Y)
        assert torch.get_default_dtype() == torch.float64
    finally:
        torch.set_default_dtype(torch.float32)
    assert_same(rows, expected)


def test_sample(sampler):
    X = table().astype(np.float32)
    sampler.fit_resample(X, Y)
    X_new, y_new = sampler.sample({2: 4, 1: 7})
    assert y_new.tolist() == [1] * 7 + [2] * 4
    assert X_new.shape == (11, 4)
    assert X_new.dtype == np.float32
    assert (X_new >= X.min(axis=0)).all()
    assert (X_new <= X.max(axis=0)).all()


def test_sample_continues_its_stream(sampler):
    sampler.fit_resample(table(), Y)
    first, second = sampler.sample({1: 4})[0], sampler.sample({1: 4})[0]
    assert (first != second).any()
    sampler.fit_resample(table(), Y)
    assert_same(sampler.sample({1: 4})[0], first)
    assert_same(
        sampler.sample({1: 4}, random_state=3)[0], sampler.sample({1: 4}, random_state=3)[0]
    )


def through_joblib(fitted):
    file = io.BytesIO()
    joblib.dump(fitted, file)
    file.seek(0)
    return joblib.load(file)


@pytest.mark.parametrize(
    "copied", [lambda s: pickle.loads(pickle.dumps(s)), through_joblib, copy.deepcopy]
)
def test_copies_draw_the_same_rows(sampler, copied):
    X = pd.DataFrame(table(), columns=list("abcd")).assign(e=["x", "y"] * 14)
    sampler.fit_resample(X, pd.Series(Y, name="label"))
    twin = copied(sampler)
    for rows, expected in zip(twin.sample({1: 5, 2: 2}), sampler.sample({1: 5, 2: 2})):
        assert_same(rows, expected)


def test_balanced_set_returns_untouched(sampler):
    X, y = table(28), labels(14, 14)
    X_res, y_res = sampler.fit_resample(X, y)
    assert_same(X_res, X)
    assert_same(y_res, y)
    assert sampler.history_ == []
    assert sampler.n_iter_ == 0
    assert not sampler.synthetic_mask_.any()
    assert not hasattr(sampler, "networks_")


def test_fitted_attributes(sampler):
    X = pd.DataFrame(table(), columns=list("abcd"))
    X_res, _ = sampler.fit_resample(X, Y)
    games = {r["phase"] for r in sampler.history_ if r["phase"].startswith("adversarial")}
    assert sampler.n_iter_ == sampler.max_iter * len(games)  # one game, or one a class
    assert sampler.classes_.tolist() == [0, 1, 2]
    assert sampler.n_features_in_ == 4
    assert sampler.feature_names_in_.tolist() == list("abcd")
    assert sampler.synthetic_mask_.dtype == bool
    assert len(sampler.synthetic_mask_) == len(X_res)
    assert {"phase", "iteration"} < sampler.history_[-1].keys()
    assert sampler.history_[-1]["iteration"] <= sampler.max_iter
    assert {p.device.type for p in sampler.networks_.parameters()} == {"cpu"}
    assert not any(module.training for module in sampler.networks_.modules())


def fitted_size(sampler, *counts):
    """Bytes of the fitted sampler, without what has one entry a row."""
    sampler = clone(sampler)  # the order of attributes, which a second fit changes, takes bytes too
    X, y = make_classification(sum(counts), 30, random_state=0)[0], labels(*counts)
    sampler.set_params(sampling_strategy={1: counts[1] + 5}).fit_resample(X, y)
    return len(pickle.dumps(sampler)) - sum(
        rows.nbytes for rows in (sampler.synthetic_mask_, sampler.sample_source_)
    )


def test_majority_rows_are_not_kept(sampler):
    size = fitted_size(sampler, 100, 10)
    assert abs(fitted_size(sampler, 1000, 10) - size) < 1000


def test_tiny_keeps_no_rows_at_all():
    size = fitted_size(tiny(), 200, 10)
    assert abs(fitted_size(tiny(), 1000, 600) - size) < 1000


def test_silent_and_leaves_no_files(sampler, capfd, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    sampler.fit_resample(table(), Y)
    sampler.sample({1: 2})
    assert capfd.readouterr() == ("", "")
    assert not list(tmp_path.iterdir())


def test_fit_only_validates(sampler):
    fitted = sampler.fit(table(), Y)
    assert fitted is sampler
    assert sampler.sampling_strategy_ == {1: 5, 2: 9}
    assert not hasattr(sampler, "networks_")


def test_input_is_not_changed(sampler):
    X, y = pd.DataFrame(table(), index=np.arange(len(Y))[::-1]), pd.Series(Y)
    X_before, y_before = X.copy(deep=True), y.copy(deep=True)
    X_res, _ = sampler.fit_resample(X, y)
    assert_same(X, X_before)
    assert_same(y, y_before)
    X_res.iloc[:, :] = 0.0
    assert_same(X, X_before)


def test_many_classes(sampler):
    counts = [3, *[2] * 29]
    y = labels(*counts)
    _, y_res = sampler.fit_resample(table(len(y)), y)
    assert set(np.bincount(class_codes(y_res))) == {3}
