"""What every sampler gets from the base besides the game: rejection, repetition, precision."""

import pickle
import warnings
from collections import Counter

import numpy as np
import pytest
import torch
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from imblearn_gan import BAGANOversampler
from tests.samplers import (
    TinySampler,
    assert_oversampled,
    assert_same,
    head,
    images,
    labels,
    tiny,
)

COUNTS = (40, 12, 6)


def clusters(seed=0):
    """Three classes far apart."""
    y = labels(*COUNTS)
    return y[:, None] * 10.0 + np.random.RandomState(seed).normal(size=(len(y), 2)), y


class Careless(TinySampler):
    """Draws rows of the class asked for only now and then."""

    share_of_right_rows = 0.5

    def _generate(self, networks, codes):
        right = torch.rand(len(codes)) < self.share_of_right_rows
        y = torch.where(right, codes, (codes + 1) % len(self.classes_))
        return (y[:, None] - 1.0).expand(-1, 2).clone()


class Hopeless(Careless):
    """Never draws a row of the class asked for."""

    share_of_right_rows = 0.0


SETTINGS = {"max_iter": 2, "batch_size": 8, "latent_dim": 2, "random_state": 0}


def nearest_cluster(X):
    return np.clip(np.rint(np.asarray(X).mean(axis=1) / 10), 0, 2).astype(int)


def test_rejected_rows_are_drawn_again():
    X, y = clusters()
    shares = {}
    for reject in (False, True):
        sampler = Careless(reject=reject, **SETTINGS)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # one draw in a thousand stays wrong
            X_res, y_res = sampler.fit_resample(X, y)
        assert_oversampled(sampler, X, y, X_res, y_res)
        made = sampler.synthetic_mask_
        shares[reject] = (nearest_cluster(X_res[made]) == y_res[made]).mean()
    assert shares[False] < 0.7
    assert shares[True] > 0.98


def test_sample_rejects_too():
    X, y = clusters()
    sampler = Careless(reject=True, **SETTINGS)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        sampler.fit_resample(X, y)
        X_new, y_new = sampler.sample({1: 200, 2: 50})
    assert Counter(y_new.tolist()) == {1: 200, 2: 50}
    assert (nearest_cluster(X_new) == y_new).mean() > 0.98


def test_rejection_judges_the_rows_that_are_given():
    pd = pytest.importorskip("pandas")

    class Soft(TinySampler):
        """Most of the weight on categories of class 1 together, the largest on that of class 0."""

        def _generate(self, networks, codes):
            return torch.tensor([0.0, 0.4, 0.3, 0.3]).repeat(len(codes), 1)

    y = np.sort(labels(60, 20))  # categories are numbered as they appear
    names = np.where(y == 0, "a", np.where(np.arange(80) % 2, "b", "c"))
    X = pd.DataFrame({"name": names, "number": np.linspace(0, 1, 80)})
    sampler = Soft(reject=True, **SETTINGS)
    with pytest.warns(UserWarning, match="40 of 40 generated rows"):
        sampler.fit_resample(X, y)


def test_rejection_ends_and_says_so():
    X, y = clusters()
    sampler = Hopeless(reject=True, **SETTINGS)
    with pytest.warns(UserWarning, match="62 of 62 generated rows still look like another class"):
        X_res, y_res = sampler.fit_resample(X, y)
    assert_oversampled(sampler, X, y, X_res, y_res)


def test_rejection_has_a_phase_of_its_own():
    sampler = tiny(reject=True)
    sampler.fit_resample(*clusters())
    assert [r["phase"] for r in sampler.history_][-1] == "judge"
    assert sampler.n_iter_ == 3


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
    assert times[y == 1].max() - times[y == 1].min() <= 1
    assert times[y == 2].max() - times[y == 2].min() <= 1


def test_replay_of_one_trains_nothing():
    sampler = tiny(replay=1.0)
    first = sampler.fit_resample(*clusters())
    assert sampler.history_ == []
    assert sampler.n_iter_ == 0
    assert_same(first[0], clone(sampler).fit_resample(*clusters())[0])
    with pytest.raises(NotFittedError, match="replay below 1"):
        sampler.sample({1: 3})


def test_replay_keeps_containers():
    pd = pytest.importorskip("pandas")
    X, y = clusters()
    frame = pd.DataFrame({"number": X[:, 0], "name": np.array(list("abc"))[y]})
    sampler = tiny(replay=0.5)
    X_res, _ = sampler.fit_resample(frame, pd.Series(y, name="class"))
    assert X_res.dtypes.equals(frame.dtypes)
    source = sampler.sample_source_
    for column in frame:
        assert X_res[column][source >= 0].tolist() == frame[column][source[source >= 0]].tolist()


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
    pd = pytest.importorskip("pandas")
    X, y = clusters()
    frame = pd.DataFrame({"number": X[:, 0], "name": np.array(list("abc"))[y]})
    sampler = tiny(replay=0.5, replay_augmentation={"noise": {"scale": 0.01}})
    X_res, _ = sampler.fit_resample(frame, y)
    repeated = np.flatnonzero(sampler.sample_source_ >= 0)[len(y) :]
    original = frame.iloc[sampler.sample_source_[repeated]]
    assert X_res["name"].iloc[repeated].tolist() == original["name"].tolist()
    moved = X_res["number"].to_numpy()[repeated] - original["number"].to_numpy()
    assert (moved != 0).mean() > 0.5
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


@pytest.mark.parametrize("replay", [-0.1, 1.1, "half"])
def test_replay_refuses(replay):
    with pytest.raises(ValueError, match="replay"):
        tiny(replay=replay).fit_resample(*clusters())


def test_bfloat16_trains_to_nearly_the_same_float32_networks():
    X, y = images(30, 10, 10), labels(20, 10)
    fitted = {}
    for precision in ("float32", "bfloat16"):
        sampler = BAGANOversampler(
            pretrain_iter=10, max_iter=5, batch_size=16, random_state=0, precision=precision
        )
        sampler.fit_resample(X, y)
        fitted[precision] = sampler
        parameters = list(sampler.networks_.parameters())
        assert all(p.dtype == torch.float32 for p in parameters)
    losses = {p: s.history_[9]["autoencoder_reconstruction"] for p, s in fitted.items()}
    assert losses["float32"] != losses["bfloat16"]
    assert losses["bfloat16"] == pytest.approx(losses["float32"], rel=0.05)


def test_settings_of_a_fitted_sampler_are_checked():
    X, y = clusters()
    sampler = BAGANOversampler(pretrain_iter=2, max_iter=2, random_state=0)
    sampler.fit_resample(X, y)
    with pytest.raises(ValueError, match="truncation"):
        sampler.set_params(truncation=5.0).sample({1: 2})
    with pytest.raises(ValueError, match="reject=True was set after training"):
        sampler.set_params(truncation=0.5, reject=True).sample({1: 2})
    assert sampler.set_params(reject=False).sample({1: 2})[0].shape == (2, 2)


def test_the_share_of_repeated_rows_is_exact():
    X, y = np.random.RandomState(0).normal(size=(140, 3)), labels(120, 20)
    for replay in (0.29, 0.57, 0.58):
        sampler = tiny(replay=replay)
        sampler.fit_resample(X, y)
        assert (sampler.sample_source_[140:] >= 0).sum() == round(100 * replay)


def test_byte_order_survives_pickling():
    X, y = clusters()
    sampler = tiny()
    sampler.fit_resample(X.astype(">f8"), y)
    assert pickle.loads(pickle.dumps(sampler)).sample({1: 1})[0].dtype.str == ">f8"
