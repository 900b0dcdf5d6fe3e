"""What holds for every sampler, and what the base does besides."""

import pickle
from dataclasses import fields

import numpy as np
import pytest
import torch
from sklearn.base import clone
from sklearn.datasets import make_classification

from imblearn_gan import BaseGANOversampler
from imblearn_gan.testing import sampler_checks
from tests.instances import SAMPLERS
from tests.samplers import TinySampler, assert_same, labels, tiny

INSTANCES = [*SAMPLERS, tiny()]
Y = labels(14, 9, 5)
X = np.random.RandomState(0).normal(size=(len(Y), 4))


@pytest.mark.parametrize(
    ("sampler", "check"),
    [
        pytest.param(sampler, check, id=f"{type(sampler).__name__}-{name}")
        for sampler in INSTANCES
        for name, check in sampler_checks(sampler)
    ],
)
def test_promises(sampler, check):
    check(sampler)


def fitted_size(*counts):
    X, y = make_classification(sum(counts), 30, random_state=0)[0], labels(*counts)
    sampler = tiny(sampling_strategy={1: counts[1] + 5})
    sampler.fit_resample(X, y)
    vectors = (sampler.synthetic_mask_, sampler.sample_source_)
    return len(pickle.dumps(sampler)) - sum(rows.nbytes for rows in vectors)


def test_no_rows_at_all_are_kept_that_the_method_does_not_name():
    assert abs(fitted_size(1000, 600) - fitted_size(200, 10)) < 1000


def test_only_the_networks_that_are_named_are_kept():
    class WithCritic(TinySampler):
        def _build_networks(self, spec, n_to_make):
            networks = super()._build_networks(spec, n_to_make)
            networks["critic"] = torch.nn.Linear(2, 1)
            return networks

    sampler = WithCritic(max_iter=1, random_state=0)
    sampler.fit_resample(X, Y)
    assert list(sampler.networks_) == ["generator"]


def test_what_a_method_is_told():
    told = {}

    class Listening(TinySampler):
        def _build_networks(self, spec, n_to_make):
            told["spec"], told["n_to_make"] = spec, list(n_to_make)
            return super()._build_networks(spec, n_to_make)

        def _phases(self, networks, data):
            told["names"], told["rows"] = list(networks), data.x
            told["same"] = (data.spec, data.n_to_make)
            yield from super()._phases(networks, data)

    Listening(max_iter=1, replay=0.5, random_state=0).fit_resample(X, Y)
    assert told["spec"].class_counts == (14, 9, 5)
    assert told["spec"].shape == (4,)
    assert told["n_to_make"] == [0, 5 - 2, 9 - 4]  # without the rows that replay repeats
    assert told["names"] == ["generator"]
    assert told["same"] == (told["spec"], (0, 3, 5))
    assert told["rows"].shape == (28, 4)
    assert told["rows"].min() == -1
    assert told["rows"].max() == 1


def test_rows_are_generated_in_bounded_chunks_without_gradients_in_evaluation_mode():
    sizes = []

    class Counting(TinySampler):
        def _generate(self, networks, y):
            assert not torch.is_grad_enabled()
            assert not any(module.training for module in networks.modules())
            assert y.tolist() == sorted(y.tolist())
            sizes.append(len(y))
            return super()._generate(networks, y)

    sampler = Counting(max_iter=1, random_state=0)
    sampler.fit_resample(X, Y)
    sizes.clear()
    rows, y = sampler.sample({1: 3000, 2: 2000})
    assert len(rows) == sum(sizes) == 5000
    assert np.bincount(y).tolist() == [0, 3000, 2000]
    assert max(sizes) <= 1024


ALL_CLASSES = [s for s in SAMPLERS if s._makes_all_classes]


@pytest.mark.parametrize(("side", "expected"), [(8, 256), (32, 256), (64, 64), (224, 5)])
def test_fewer_large_images_are_generated_at_a_time(side, expected):
    sizes = []

    class Counting(TinySampler):
        def _generate(self, networks, y):
            sizes.append(len(y))
            return torch.zeros(len(y), 3, side, side)

    images = np.zeros((4, 3, side, side), dtype=np.uint8)
    images[:, :, ::2] = 255
    sampler = Counting(max_iter=1, random_state=0, architecture="mlp", batch_size=2)
    sampler.fit_resample(images, [0, 0, 0, 1])
    sizes.clear()
    sampler.sample({1: 2 * expected + 1})
    assert sizes == [expected, expected, 1]


# rows that are written elsewhere ----------------------------------------------------------------


def trained(X=X):
    sampler = tiny(max_iter=2, random_state=0)
    sampler.fit_resample(X, Y)
    return sampler


def test_rows_can_be_written_into_a_file(tmp_path):
    made, y = trained().sample({1: 700, 2: 500})
    out = np.lib.format.open_memmap(tmp_path / "rows.npy", "w+", X.dtype, (1200, X.shape[1]))
    given, same_y = trained().sample({1: 700, 2: 500}, out=out)
    assert given is out
    assert np.array_equal(np.load(tmp_path / "rows.npy"), made)
    assert np.array_equal(y, same_y)


def test_rows_are_written_a_bounded_number_at_a_time(monkeypatch):
    class Slices:
        shape, dtype, sizes = (3000, X.shape[1]), X.dtype, []

        def __setitem__(self, rows, values):
            self.sizes.append(len(values))

    monkeypatch.setattr("imblearn_gan.base.VALUES_AT_ONCE", 1024 * X.shape[1])
    trained().sample({1: 3000}, out=Slices())
    assert Slices.sizes == [1024, 1024, 952]


def test_more_rows_than_memory_holds_can_be_written_but_not_returned(monkeypatch):
    monkeypatch.setattr("imblearn_gan.data.checks.physical_memory", lambda: 2 * 8 * 1200)
    sampler = tiny(max_iter=2, batch_size=2, random_state=0)
    sampler.fit_resample(X, Y)
    with pytest.raises(ValueError, match="more than half"):
        sampler.sample({1: 1200})
    sampler.sample({1: 1200}, out=np.empty((1200, X.shape[1])))


@pytest.mark.parametrize("strategy", [{1: 1200}, lambda y: {1: 1200}], ids=["dict", "function"])
def test_more_rows_than_memory_holds_may_be_added_in_a_file(strategy, monkeypatch):
    monkeypatch.setattr("imblearn_gan.data.checks.physical_memory", lambda: 2 * 8 * 1200)
    sampler = tiny(max_iter=2, batch_size=2, random_state=0, sampling_strategy=strategy)
    with pytest.raises(ValueError, match=r"sampling_strategy asks for 1,200 .*more than half"):
        sampler.fit_resample(X, Y)
    n_added = sum(sampler.fit(X, Y).sampling_strategy_.values())
    out = np.empty((len(Y) + n_added, X.shape[1]))
    _, y_res = sampler.fit_resample(X, Y, out=out)
    assert np.bincount(y_res).tolist() == [14, 1200, 5]
    monkeypatch.setattr("imblearn_gan.data.checks.physical_memory", lambda: 8 * 1200)
    for use in (sampler.fit, lambda X, y: sampler.fit_resample(X, y, out=out)):
        with pytest.raises(ValueError, match=r"sampling_strategy asks for 1,200 .*more than half"):
            use(X, Y)


def test_a_place_for_rows_that_does_not_fit_leaves_the_stream_alone():
    sampler, other = trained(), trained()
    with pytest.raises(ValueError, match=r"out must have the shape \(5, 4\)"):
        sampler.sample({1: 5}, out=np.empty((4, 4)))
    assert np.array_equal(sampler.sample({1: 5})[0], other.sample({1: 5})[0])


@pytest.mark.parametrize("sampler", ALL_CLASSES, ids=lambda s: type(s).__name__)
def test_rows_of_classes_that_lack_none_can_be_drawn(sampler):
    sampler = clone(sampler)
    rows = X + 10 * (Y == 0)[:, None]
    sampler.fit_resample(rows, Y)
    drawn, y = sampler.sample({0: 30, 1: 2})
    assert y.tolist() == [0] * 30 + [1] * 2
    own = rows[Y == 0]
    # of its own range: no row of the class lies below, and none is the training row itself
    assert np.isfinite(drawn).all()
    assert drawn[:30].min() >= rows.min()
    assert drawn.max() <= own.max()
    assert not (drawn[:30, None] == own).all(axis=2).any()


def test_batch_larger_than_the_data():
    assert len(tiny(batch_size=500).fit_resample(X, Y)[0]) == 42


def test_codecs_are_public():
    sampler = tiny()
    X_res, y_res = sampler.fit_resample(X, np.array(["a", "b", "c"])[Y])
    encoded = sampler.codec_.encode(X_res)
    assert encoded.shape == (42, 4)
    assert np.allclose(sampler.codec_.decode(encoded), X_res)
    codes = sampler.label_codec_.encode(y_res)
    assert np.bincount(codes).tolist() == [14, 14, 14]
    assert sampler.label_codec_.decode(codes).tolist() == y_res.tolist()


def test_no_seed_gives_other_rows_each_time():
    state = np.random.get_state()  # noqa: NPY002
    try:
        sampler = tiny(random_state=None)
        first, again = (sampler.fit_resample(X, Y)[0] for _ in range(2))
    finally:
        np.random.set_state(state)  # noqa: NPY002
    assert (first[28:] != again[28:]).any()


def test_random_state_instance_moves_on_and_can_be_repeated():
    stream = np.random.RandomState(5)
    first, second = (tiny(random_state=stream).fit_resample(X, Y)[0] for _ in range(2))
    assert (first[28:] != second[28:]).any()
    assert_same(tiny(random_state=np.random.RandomState(5)).fit_resample(X, Y)[0], first)


def test_defaults_of_the_base():
    defaults = {f.name: f.default for f in fields(BaseGANOversampler)}
    assert defaults["replay"] == 0.5
    assert defaults["reject"] is False
    assert defaults["replay_augmentation"] is None
    own = {"latent_dim", "balance", "ema_decay", "spectral_norm", "augmentation", "truncation"}
    assert not own & defaults.keys()  # for a method to add


def test_byte_order_survives_pickling():
    X, y = np.random.RandomState(0).normal(size=(30, 2)), labels(20, 10)
    sampler = tiny()
    X_res, _ = sampler.fit_resample(X.astype(">f8"), y)
    assert X_res.dtype.str == ">f8"
    assert pickle.loads(pickle.dumps(sampler)).sample({1: 1})[0].dtype.str == ">f8"
