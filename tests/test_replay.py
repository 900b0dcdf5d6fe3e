"""Real rows repeated: exact counts, even shares, changes."""

from collections import Counter

import numpy as np
import pandas as pd
import pytest
from imblearn.over_sampling import RandomOverSampler
from scipy import sparse
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.utils import _safe_indexing

from imblearn_gan._replay import deal, n_repeated
from tests.samplers import assert_same, head, images, labels, tiny

COUNTS = (40, 12, 6)


def clusters(seed=0):
    """Three classes far apart."""
    y = labels(*COUNTS)
    return y[:, None] * 10.0 + np.random.RandomState(seed).normal(size=(len(y), 2)), y


# counts --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fraction", "expected"),
    [
        (0.0, [0, 0, 0]),
        (0.29, [0, 29, 2]),  # 0.29 * 100 is 28.999...
        (0.5, [0, 50, 3]),
        (0.57, [0, 57, 3]),
        (0.58, [0, 58, 4]),
        (1.0, [0, 100, 7]),
    ],
)
def test_number_of_repeated_rows(fraction, expected):
    assert n_repeated([0, 100, 7], fraction) == expected


@pytest.mark.parametrize("counts", [[0, 0, 0], [0, 3, 5], [0, 12, 6], [3, 100, 1], [40, 25, 13]])
def test_deal_gives_exact_counts_evenly(counts):
    y = labels(*COUNTS)
    dealt = deal(y, counts, np.random.RandomState(0))
    assert dealt.dtype == np.int64
    assert y[dealt].tolist() == np.repeat([0, 1, 2], counts).tolist()
    times = np.bincount(dealt, minlength=len(y))
    for i, n in enumerate(counts):
        of_class = times[y == i]
        assert of_class.sum() == n
        assert set(of_class) <= {n // COUNTS[i], -(-n // COUNTS[i])}


def test_deal_is_random_and_follows_the_stream():
    y = labels(*COUNTS)
    first, again, other = (deal(y, [0, 5, 3], np.random.RandomState(i)).tolist() for i in (0, 0, 1))
    assert first == again != other
    assert first[:5] != np.flatnonzero(y == 1)[:5].tolist()


# rows ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("replay", [0.0, 0.3, 0.5, 1.0])
def test_replay_repeats_real_rows(replay):
    X, y = clusters()
    sampler = tiny(replay=replay)
    X_res, y_res = sampler.fit_resample(X, y)
    assert_same(head(X_res, len(X)), X)
    assert Counter(y_res.tolist()) == {0: 40, 1: 40, 2: 40}
    source, made = sampler.sample_source_, sampler.synthetic_mask_
    assert len(source) == len(made) == len(y_res)
    np.testing.assert_array_equal(made, source < 0)
    np.testing.assert_array_equal(source[: len(y)], np.arange(len(y)))
    np.testing.assert_array_equal(X_res[~made], X[source[~made]])
    np.testing.assert_array_equal(y_res[~made], y[source[~made]])
    repeated = Counter(y_res[len(y) :][source[len(y) :] >= 0].tolist())
    assert repeated == Counter({1: int(replay * 28), 2: int(replay * 34)})


def test_replay_deals_real_rows_evenly():
    X, y = clusters()
    sampler = tiny(replay=1.0)
    sampler.fit_resample(X, y)
    times = np.bincount(sampler.sample_source_)
    assert set(times[y == 0]) == {1}
    assert set(times[y == 1]) == {1 + 2, 1 + 3}  # 28 of 12
    assert set(times[y == 2]) == {1 + 5, 1 + 6}  # 34 of 6


def test_the_fraction_of_repeated_rows_is_exact():
    X, y = np.random.RandomState(0).normal(size=(140, 3)), labels(120, 20)
    for replay in (0.29, 0.57, 0.58):
        sampler = tiny(replay=replay)
        sampler.fit_resample(X, y)
        assert (sampler.sample_source_[140:] >= 0).sum() == round(100 * replay)


def test_replay_of_one_trains_nothing():
    sampler = tiny(replay=1.0)
    first = sampler.fit_resample(*clusters())
    assert sampler.history_ == []
    assert sampler.n_iter_ == 0
    assert_same(first[0], clone(sampler).fit_resample(*clusters())[0])
    with pytest.raises(NotFittedError, match="replay below 1"):
        sampler.sample({1: 3})


def test_replay_keeps_containers():
    X, y = clusters()
    frame = pd.DataFrame({"number": X[:, 0], "name": np.array(list("abc"))[y]})
    sampler = tiny(replay=0.5)
    X_res, _ = sampler.fit_resample(frame, pd.Series(y, name="class"))
    assert X_res.dtypes.equals(frame.dtypes)
    source = sampler.sample_source_
    assert (source >= 0).sum() == len(X) + 14 + 17
    for column in frame:
        assert X_res[column][source >= 0].tolist() == frame[column][source[source >= 0]].tolist()


@pytest.mark.parametrize("replay", [-0.1, 1.1, "half"])
def test_replay_refuses(replay):
    with pytest.raises(ValueError, match="replay"):
        tiny(replay=replay).fit_resample(*clusters())


# whatever random oversampling takes -----------------------------------------------------------


def odd_rows():
    """Rows that no network could learn from, and that random oversampling repeats."""
    n = sum(COUNTS)
    numbers = np.arange(2.0 * n).reshape(n, 2)
    infinite = np.where(numbers == 4, np.inf, numbers)
    shy = np.empty((n, 1), dtype=object)
    shy[:, 0] = [{"a": i} for i in range(n)]
    frame = pd.DataFrame(numbers, columns=["a", "b"])
    return {
        "infinity": infinite,
        "missing": np.where(numbers == 4, np.nan, numbers),
        "objects": shy,
        "infinity in a sparse matrix": sparse.csr_matrix(infinite),
        "lists of infinity": infinite.tolist(),
        "intervals": frame.assign(c=pd.interval_range(0, n)),
        "lists": frame.assign(c=[[i] for i in list(range(n))]),
        "dicts": frame.assign(c=[{"i": i} for i in list(range(n))]),
        "stamps": frame.assign(c=pd.Series([pd.Timestamp("2024")] * n, dtype=object)),
        "complex": frame * 1j,
        "mixed names": frame.set_axis(["a", 1], axis=1),
        "a whole ragged table": pd.DataFrame({"c": [None, "a", 3, (1, 2)] * n}).iloc[:n],
        "no columns": frame[[]],
        "two indices": frame.set_index([["x"] * n, np.arange(n)]),
        "two of one name": frame.set_axis(["a", "a"], axis=1),
    }


@pytest.mark.parametrize("name", odd_rows())
def test_replay_of_one_takes_what_random_oversampling_takes(name):
    X, y = odd_rows()[name], labels(*COUNTS)
    sampler = tiny(replay=1.0)
    try:
        expected, _ = RandomOverSampler(random_state=0).fit_resample(X, y)
    except Exception as error:
        with pytest.raises((type(error), ValueError)):
            sampler.fit_resample(X, y)
        return
    X_res, y_res = sampler.fit_resample(X, y)
    assert type(X_res) is type(expected)
    assert np.bincount(y_res).tolist() == [40, 40, 40]
    assert not sampler.synthetic_mask_.any()
    if hasattr(X, "iloc"):
        assert X_res.dtypes.equals(X.dtypes)
        assert X_res.index.tolist() == list(range(120))
        source = X.iloc[sampler.sample_source_].reset_index(drop=True)
        pd.testing.assert_frame_equal(X_res, source)
    else:
        assert_same(X_res, _safe_indexing(X, sampler.sample_source_))
    assert not hasattr(sampler, "codec_")


@pytest.mark.parametrize("name", ["infinity", "objects", "lists of infinity"])
def test_rows_that_are_changed_or_made_are_looked_at(name):
    X, y = odd_rows()[name], labels(*COUNTS)
    for params in ({"replay": 0.9}, {"replay": 1.0, "replay_augmentation": ["noise"]}):
        with pytest.raises(ValueError, match=r"infinity|cannot be used"):
            tiny(**params).fit_resample(X, y)


def test_replay_of_one_repeats_images_of_any_values():
    X = np.full((58, 3, 3), np.nan)
    X_res, _ = tiny(replay=1.0).fit_resample(X, labels(*COUNTS))
    assert X_res.shape == (120, 3, 3)


# changes -------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [np.uint8, np.float32, np.longdouble, np.int64, np.uint64])
def test_repeated_images_are_shifted_and_mirrored(dtype):
    """Far from the border, a shifted copy holds the pixels of the row it comes from."""
    rng = np.random.RandomState(0)
    X = np.zeros((26, 12, 12), dtype=dtype)
    X[:, 4:8, 2:6] = rng.randint(1, 255, (26, 4, 4))  # ink on one side only
    scale = {np.int64: 2**63 - 1, np.uint64: 2**64 - 1}.get(dtype, 255)
    X *= dtype(scale // 255)
    y = np.repeat([0, 1], [20, 6])
    change = {"mirror": {}, "translation": {"ratio": 0.1}}
    sampler = tiny(replay=1.0, replay_augmentation=change)
    X_in, (X_out, y_res) = X, sampler.fit_resample(X, y)
    assert X_out.dtype == dtype
    np.testing.assert_array_equal(X_out[:26], X)
    X_res, X = X_out / (scale // 255), X / (scale // 255)
    source = sampler.sample_source_[26:]
    assert set(source) == set(range(20, 26))
    assert (y_res[26:] == 1).all()
    assert not sampler.synthetic_mask_.any()
    places = set()
    for image, i in zip(X_res[26:], source):
        fits = {
            (flipped, down, right)
            for flipped, original in enumerate((X[i], X[i, :, ::-1]))
            for down in (-1, 0, 1)
            for right in (-1, 0, 1)
            if np.allclose(
                image[1:-1, 1:-1],
                np.roll(original, (down, right), (0, 1))[1:-1, 1:-1],
                atol=1e-3,
            )
        }
        assert fits
        places |= fits
    assert len(places) > 5
    again, _ = clone(sampler).fit_resample(X_in, y)
    np.testing.assert_array_equal(again, X_out)


def test_repeated_rows_of_a_table_get_noise_and_keep_their_categories():
    X, y = clusters()
    frame = pd.DataFrame({"number": X[:, 0], "name": np.array(list("abc"))[y]})
    sampler = tiny(replay=0.5, replay_augmentation={"noise": {"scale": 0.01}})
    X_res, _ = sampler.fit_resample(frame, y)
    repeated = np.flatnonzero(sampler.sample_source_ >= 0)[len(y) :]
    assert len(repeated) == 14 + 17
    original = frame.iloc[sampler.sample_source_[repeated]]
    assert X_res["name"].iloc[repeated].tolist() == original["name"].tolist()
    moved = X_res["number"].to_numpy()[repeated] - original["number"].to_numpy()
    assert (moved != 0).mean() > 0.5
    # noise of a hundredth of half the range
    assert np.std(moved) == pytest.approx(0.01 * np.ptp(frame["number"]) / 2, rel=0.4)
    assert np.abs(moved).max() < 0.05 * np.ptp(frame["number"])
    sampler.set_params(replay_augmentation={"noise": {"scale": 3.0}})
    X_res, _ = sampler.fit_resample(frame, y)
    assert X_res["name"].iloc[repeated].tolist() == original["name"].tolist()
    assert X_res["number"].between(frame["number"].min(), frame["number"].max()).all()


def test_colours_of_repeated_images_keep_to_the_range_of_all():
    X = images(26, 3, 8, 8)
    X = (X // 2 + 20).astype(np.uint8)
    sampler = tiny(replay=1.0, replay_augmentation=["color"])
    X_res, _ = sampler.fit_resample(X, np.repeat([0, 1], [20, 6]))
    assert X_res.min() >= X.min()
    assert X_res.max() <= X.max()
    assert not np.array_equal(X_res[26:], X[sampler.sample_source_[26:]])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        *(
            ({"noise": {"scale": bad}}, r"\['noise'\]\['scale'\] must be a number above 0")
            for bad in (np.nan, np.inf, -1, 0, "a", None, True, [0.1])
        ),
        (["spin"], "replay_augmentation must be"),
        ("mirror", "replay_augmentation must be"),
        (["mirror"], "replay_augmentation.*'mirror', which needs images"),
        ({"noise": {"strength": 1}}, r"replay_augmentation\['noise'\].*\['scale'\]"),
        ({"noise": 0.1}, r"replay_augmentation\['noise'\] must be a dict"),
        (3, "replay_augmentation"),
    ],
)
def test_replay_augmentation_refuses_before_training(change, message):
    sampler = tiny(replay=0.5, replay_augmentation=change)
    with pytest.raises(ValueError, match=message):
        sampler.fit_resample(*clusters())
    assert not hasattr(sampler, "networks_")
