"""Tables of all kinds through samplers and classifiers: what a user may rely on."""

import pickle

import numpy as np
import pandas as pd
import pytest
from imblearn.pipeline import make_pipeline
from scipy import sparse, stats
from sklearn.base import clone
from sklearn.compose import make_column_transformer
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.utils import get_tags

from imblearn_gan import (
    BAGANOversampler,
    CAPGANOversampler,
    CGANOversampler,
    DOSClassifier,
    GAMOClassifier,
    GAMOOversampler,
    GANOversampler,
    ResNetClassifier,
)
from imblearn_gan.data import DataCodec, checks
from imblearn_gan.testing import assert_oversampled, assert_same
from tests.instances import SAMPLERS
from tests.samplers import Recorder, tiny

Y = np.repeat([0, 1, 2], [240, 90, 70])
N = len(Y)


def stream():
    return np.random.RandomState(0)


def shop():
    """A table of customers: numbers, words, dates and flags, with gaps."""
    r = stream()
    return pd.DataFrame(
        {
            "income": np.where(r.rand(N) < np.array([0.05, 0.6, 0.2])[Y], np.nan, r.normal(size=N)),
            "bought": np.where(r.rand(N) < 0.7, 0, r.exponential(size=N)),
            "age": pd.array(r.randint(18, 90, N), dtype="Int64"),
            "town": pd.Categorical(r.choice(["Bonn", "Köln", "Trier"], N)),
            "since": pd.Series(pd.date_range("2020-01-01", periods=N)).where(r.rand(N) < 0.8),
            "flag": pd.array(r.rand(N) < 0.3, dtype="boolean"),
        },
        index=np.arange(N)[::-1],
    )


# missing values ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "sampler",
    [
        BAGANOversampler(pretrain_iter=100, max_iter=50, replay=0, random_state=0),
        GANOversampler(max_iter=200, replay=0, random_state=0),
        GAMOOversampler(max_iter=50, random_state=0),
    ],
    ids=lambda sampler: type(sampler).__name__,
)
def test_shares_of_missing_values_are_those_of_the_class(sampler):
    X = shop()
    X_res, y_res = sampler.fit_resample(X, Y)
    made = X_res[sampler.synthetic_mask_]["income"].isna()
    for c, n in ((1, 150), (2, 170)):
        of_class = made[y_res[sampler.synthetic_mask_] == c]
        assert len(of_class) == n
        real = X["income"].isna().to_numpy()[c == Y].mean()
        assert of_class.mean() == pytest.approx(real, abs=0.12)


@pytest.mark.parametrize("sampler", SAMPLERS, ids=lambda sampler: type(sampler).__name__)
def test_a_table_of_everything(sampler):
    X, sampler = shop(), clone(sampler)
    assert_oversampled(sampler, X, Y, *sampler.fit_resample(X, Y))


@pytest.mark.parametrize("replay", [0.5, 1.0])
def test_repeated_rows_with_gaps_are_changed_where_there_is_something(replay):
    X = shop().reset_index(drop=True)
    sampler = tiny(replay=replay, replay_augmentation={"noise": {"scale": 0.1}})
    X_res, _ = sampler.fit_resample(X, Y)
    assert X_res.dtypes.equals(X.dtypes)
    repeated = np.flatnonzero(sampler.sample_source_ >= 0)[N:]
    source = X.iloc[sampler.sample_source_[repeated]].reset_index(drop=True)
    copied = X_res.iloc[repeated].reset_index(drop=True)
    assert len(copied) == int(replay * 150) + int(replay * 170)
    assert_same(copied[["town", "flag"]], source[["town", "flag"]])
    for name in X:
        assert copied[name].isna().tolist() == source[name].isna().tolist()
    assert ((copied["bought"] == 0) == (source["bought"] == 0)).all()
    assert (copied["income"] != source["income"])[source["income"].notna()].mean() > 0.9
    assert (copied["since"].dropna() == copied["since"].dropna().dt.normalize()).all()


@pytest.mark.slow
@pytest.mark.parametrize("sampler", SAMPLERS, ids=lambda sampler: type(sampler).__name__)
def test_zeros_are_kept_within_five_points(sampler):
    r = stream()
    y = np.repeat([0, 1], [500, 100])
    zeros = np.where(r.rand(600) < 0.94, 0, r.exponential(size=600))
    X = np.column_stack([zeros, r.normal(size=(600, 3))])
    # CAPGAN's autoencoder takes longer to learn the frequencies
    n = 300 if isinstance(sampler, CAPGANOversampler) else 100
    sampler = clone(sampler).set_params(max_iter=n, batch_size=64, replay=0)
    if hasattr(sampler, "pretrain_iter"):
        sampler.set_params(pretrain_iter=n)
    X_res, _ = sampler.fit_resample(X, y)
    made = X_res[sampler.synthetic_mask_][:, 0]
    assert (made == 0).mean() == pytest.approx((zeros[y == 1] == 0).mean(), abs=0.05)


LEARNT = [
    GAMOOversampler(max_iter=150, random_state=0),
    CGANOversampler(max_iter=400, replay=0, random_state=0),
]


@pytest.mark.slow
@pytest.mark.parametrize("sampler", LEARNT, ids=lambda sampler: type(sampler).__name__)
def test_heavy_tails_keep_their_shape(sampler):
    r, y = stream(), np.repeat([0, 1], [600, 150])
    X = np.column_stack([np.exp(r.normal(3, 2, 750)), r.normal(size=750) + y])
    made = sampler.fit_resample(X, y)[0][750:, 0]
    real = X[y == 1, 0]
    assert stats.ks_2samp(made, real).statistic < 0.3
    assert 0.5 < np.median(made) / np.median(real) < 2


@pytest.mark.slow
@pytest.mark.parametrize("sampler", LEARNT, ids=lambda sampler: type(sampler).__name__)
def test_categories_keep_the_shares_of_their_class(sampler):
    r, y = stream(), np.repeat([0, 1], [300, 60])
    p = np.array([[0.6, 0.3, 0.1], [0.1, 0.3, 0.6]])
    words = np.concatenate([r.choice(list("abc"), n, p=p[c]) for c, n in ((0, 300), (1, 60))])
    X_res, _ = sampler.fit_resample(pd.DataFrame({"word": words, "x": r.rand(360)}), y)
    shares = [
        pd.Series(column).value_counts(normalize=True).reindex(list("abc"), fill_value=0)
        for column in (X_res["word"][360:], words[y == 1])
    ]
    assert (shares[0] - shares[1]).abs().sum() / 2 < 0.25
    assert shares[0].min() > 0


@pytest.mark.parametrize("classifier", [GAMOClassifier, DOSClassifier])
def test_classifiers_take_gaps_and_dates(classifier):
    budget = {"pretrain_iter": 20} if classifier is DOSClassifier else {}
    X, model = shop(), classifier(max_iter=50, random_state=0, **budget)
    p = model.fit(X, Y).predict_proba(X)
    assert np.isfinite(p).all()
    again = pickle.loads(pickle.dumps(model))
    assert np.array_equal(again.predict_proba(X), p)
    X["age"] = pd.array([None] * N, dtype="Int64")  # without a gap in fit
    assert np.isfinite(model.predict_proba(X)).all()


def test_missing_values_are_allowed_by_the_tags_where_tables_are():
    for instance in (*SAMPLERS, tiny(), GAMOClassifier(), DOSClassifier()):
        assert get_tags(instance).input_tags.allow_nan
    assert not get_tags(ResNetClassifier()).input_tags.allow_nan
    assert not get_tags(ResNetClassifier(image_shape=(2, 2))).input_tags.allow_nan


# pipelines --------------------------------------------------------------------------------------


@pytest.mark.parametrize("dense", [True, False])
@pytest.mark.parametrize("drop", [None, "if_binary"])
def test_one_hot_encoded_columns_stay_so(dense, drop):
    X = shop()
    encoder = make_column_transformer(
        (OneHotEncoder(sparse_output=not dense, drop=drop), ["town", "flag"]),
        (StandardScaler(), ["age", "bought"]),
        sparse_threshold=1.0,
    )
    X.loc[:, "flag"] = X["flag"].astype(bool)
    sampler = tiny(replay=0.0)
    model = make_pipeline(encoder, sampler)
    X_res, _ = model.fit_resample(X, Y)
    assert sparse.issparse(X_res) is not dense
    rows = np.asarray(X_res.todense()) if sparse.issparse(X_res) else X_res
    made = rows[N:]
    towns, rest = made[:, :3], made[:, 3:-2]
    assert set(towns.ravel()) == {0, 1}
    assert (towns.sum(axis=1) == 1).all()
    assert set(rest.ravel()) <= {0, 1}
    if drop is None:
        assert (rest.sum(axis=1) == 1).all()


# encoding ---------------------------------------------------------------------------------------


def ways(X, encoding, **params):
    codec = DataCodec(encoding=encoding, **params).fit(X)
    return [method for _, method in sorted(codec._table.methods().items())]


def test_the_way_of_a_column_is_said_by_name_or_number():
    X = shop()[["income", "bought", "age"]]
    assert ways(X, "auto") == ["minmax"] * 3
    assert ways(X, {"bought": "quantile", 2: "steps"}) == ["minmax", "quantile", "steps"]
    assert ways(X, {-1: "quantile"}) == ["minmax", "minmax", "quantile"]
    assert (
        ways(X.to_numpy(dtype=float, na_value=np.nan), {np.int64(0): "quantile"})[0] == "quantile"
    )
    assert ways(X, {}) == ways(X, "auto")
    pairs = X.set_axis(pd.MultiIndex.from_tuples([("a", 0), ("a", 1), ("b", 0)]), axis=1)
    assert ways(pairs, {("a", 1): "quantile"}) == ["minmax", "quantile", "minmax"]
    assert ways(sparse.csr_matrix(stream().rand(30, 2)), {1: "quantile"}) == ["minmax", "quantile"]


@pytest.mark.parametrize("way", ["minmax", "quantile", "steps", "category"])
@pytest.mark.parametrize("name", ["income", "bought", "age", "since", "flag"])
def test_every_way_gives_what_was_seen(name, way):
    X = shop()
    sampler = tiny(encoding={name: way})
    assert_oversampled(sampler, X, Y, *sampler.fit_resample(X, Y))


def test_the_other_columns_are_looked_at():
    X = shop()[["bought", "flag"]]
    assert ways(X, {"bought": "minmax"}) == ["minmax", "steps"]
    assert ways(X, "plain") == ["minmax", "minmax"]
    assert DataCodec(encoding={"bought": "minmax"}).fit(X).spec(()).n_values == 1 + 2
    assert DataCodec(encoding="plain").fit(X).spec(()).n_values == 2


@pytest.mark.parametrize(
    ("encoding", "match"),
    [
        ("quantile", "encoding"),
        (["minmax"], "encoding"),
        ({"wage": "minmax"}, "encoding names the column 'wage', which X does not have"),
        ({99: "minmax"}, "encoding has the entry 99, which is out of range: X has 6 columns"),
        ({1.0: "minmax"}, "encoding has the entry 1.0"),
        ({"age": "ranks"}, r"encoding\['age'\] must be one of .*'quantile'.* Got 'ranks'"),
        ({"age": None}, r"encoding\['age'\] must be one of"),
        ({"age": ["steps"]}, r"encoding\['age'\] must be one of"),
        ({"town": "quantile"}, r"encoding\['town'\] is 'quantile', which is for numbers, but"),
        ({"town": "steps"}, r"encoding\['town'\] is 'steps'"),
        ({"age": "steps", 2: "minmax"}, "encoding names the column 2 twice"),
    ],
    ids=str,
)
def test_what_encoding_cannot_be_is_said_before_training(encoding, match):
    recorder = Recorder()
    sampler = tiny(encoding=encoding, callbacks=[recorder])
    with pytest.raises(ValueError, match=match):
        sampler.fit_resample(shop(), Y)
    assert recorder.events == []


def test_encoding_of_named_categories_and_of_images():
    X = stream().randint(0, 9, size=(N, 3))
    with pytest.raises(ValueError, match=r"encoding\[1\] is 'minmax', which is for numbers"):
        tiny(encoding={1: "minmax"}, categorical_features=[1]).fit_resample(X, Y)
    sampler = tiny(encoding={1: "category"}, categorical_features=[1])
    assert_oversampled(sampler, X, Y, *sampler.fit_resample(X, Y))
    with pytest.raises(ValueError, match="names columns of a table, but X holds images"):
        tiny(encoding={1: "minmax"}).fit_resample(X[:, None] * np.ones((4, 1)), Y)


# ids --------------------------------------------------------------------------------------------

IDS = {
    "row": np.arange(N),
    "after a split": np.sort(stream().permutation(N * 3 // 2)[:N]),
    "shuffled": stream().permutation(N) + 10**6,
    "in tens": np.arange(N) * 10,
    "nullable": pd.array([None, *range(N - 1)], dtype="Int64"),
    "email": [f"{i}@example.org" for i in range(N)],
    "some twice": [f"{i // 2 if i < 30 else i}" for i in range(N)],
    "mostly gone": pd.Series([f"{i}" for i in range(N)]).where(np.arange(N) % 4 == 0),
    "categories": pd.Categorical([f"{i}" for i in range(N)]),
}
NO_IDS = {
    "numbers": stream().randint(0, 10**6, N),
    "counts": stream().poisson(50, N),
    "reals": np.arange(N) * 1.0,
    "days": pd.date_range("2020", periods=N),
    "half of them": [f"{i // 2}" for i in range(N)],
    "constant": np.full(N, 3),
    "empty": pd.Series([None] * N, dtype=object),
    "few": pd.Series([f"{i}" if i < 20 else None for i in range(N)]),
}


@pytest.mark.parametrize("name", IDS)
def test_ids_are_named(name):
    X = shop().reset_index(drop=True).assign(**{name: IDS[name]})
    with pytest.warns(UserWarning, match=rf"\['{name}'\] look like ids.*Drop them, or make them"):
        tiny().fit_resample(X, Y)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("name", NO_IDS)
def test_what_is_no_id(name):
    DataCodec().fit(shop().reset_index(drop=True).assign(**{name: NO_IDS[name]}), Y)


@pytest.mark.filterwarnings("error")
def test_of_few_rows_nothing_is_told():
    DataCodec().fit(pd.DataFrame({"row": np.arange(49), "word": [f"{i}" for i in range(49)]}))


def test_ids_are_told_at_the_line_of_the_user():
    X, model = shop().assign(row=np.arange(N)), make_pipeline(tiny(), GAMOClassifier(max_iter=1))
    model.steps[1:] = [("last", "passthrough")]
    for call in (tiny().fit_resample, tiny().fit, GAMOClassifier(max_iter=1).fit, model.fit):
        with pytest.warns(UserWarning, match="look like ids") as caught:
            call(X, Y)
        said = [w.filename for w in caught if "look like ids" in str(w.message)]
        assert said == [__file__]


def test_ids_in_arrays_are_numbered():
    X = np.column_stack([stream().randint(0, 9, N), np.arange(N)])
    with pytest.warns(UserWarning, match=r"\[1\] look like ids.*leave them out of X"):
        DataCodec().fit(X)


# memory -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("container", [sparse.csr_matrix, sparse.csc_array])
def test_too_many_columns_are_refused(container):
    X, recorder = container(sparse.random(N, 100_000, 1e-4, random_state=0)), Recorder()
    with pytest.raises(ValueError, match=r"100,000 values a row; 100,000 are too.*TruncatedSVD"):
        tiny(callbacks=[recorder]).fit_resample(X, Y)
    assert recorder.events == []


@pytest.mark.parametrize("memory", [4 * N * 4 * 2 - 1, 4 * N * 4])
def test_what_takes_more_than_half_of_memory_is_refused(memory, monkeypatch):
    monkeypatch.setattr(checks, "physical_memory", lambda: memory)
    X, recorder = stream().normal(size=(N, 4)), Recorder()
    with pytest.raises(ValueError, match=rf"{N} rows of 4 values, .* more than half of the .* GiB"):
        tiny(callbacks=[recorder]).fit_resample(X, Y)
    assert recorder.events == []


@pytest.mark.parametrize("memory", [4 * N * 4 * 2, None])
def test_what_fits_into_memory_or_cannot_be_known(memory, monkeypatch):
    monkeypatch.setattr(checks, "physical_memory", lambda: memory)
    tiny().fit_resample(stream().normal(size=(N, 4)), Y)


def test_categories_count_by_their_outputs(monkeypatch):
    monkeypatch.setattr(checks, "physical_memory", lambda: 4 * N * 20)
    X = np.array([[f"{i % 50}"] for i in range(N)], dtype=object)
    with pytest.raises(ValueError, match="rows of 50 values"):
        tiny().fit_resample(X, Y)


def test_physical_memory():
    memory = checks.physical_memory()
    assert memory is None or 2**28 < memory < 2**50
