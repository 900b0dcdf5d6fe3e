"""Class-balanced batches for PyTorch."""

import pickle

import numpy as np
import pandas as pd
import pytest
import torch
from imblearn.over_sampling import SMOTE
from numpy.testing import assert_array_equal
from scipy import sparse
from skorch import NeuralNetClassifier
from torch import nn
from torch.utils.data import DataLoader

from imblearn_gan.torch import BalancedBatches, Batch
from tests.data.test_sliced import InFile
from tests.samplers import images, tiny

R = np.random.RandomState(0)
Y = np.repeat([0, 1, 2], [200, 40, 10])
X = R.normal(size=(250, 3)).astype(np.float32)
X[:, 0] = np.arange(250)  # says which row it is


@pytest.fixture(scope="module")
def sampler():
    fitted = tiny(replay=0.25)
    fitted.fit_resample(X, Y)
    return fitted


def batches(sampler=None, **params):
    return BalancedBatches(X, Y, sampler, **{"batch_size": 30, "random_state": 0} | params)


def key(batch):
    return batch.x.numpy().tobytes()


def test_real_rows_alone():
    epoch = list(batches())
    assert len(epoch) == len(batches()) == 20  # 3 x 200 rows
    seen = torch.cat([batch.x[:, 0] for batch in epoch]).long().numpy()
    for batch in epoch:
        assert batch.y.bincount().tolist() == [10, 10, 10]
        assert not batch.synthetic.any()
        assert_array_equal(Y[batch.x[:, 0].long()], batch.y)
        assert batch.x.dtype == torch.float32
        assert batch.y.dtype == torch.int64
    n_times = np.bincount(seen, minlength=250)
    assert (n_times[Y == 0] == 1).all()
    assert (n_times[Y == 1] == 5).all()
    assert (n_times[Y == 2] == 20).all()


@pytest.mark.parametrize("batch_size", [1, 2, 7, 31])
def test_batches_of_any_size(batch_size):
    epoch = list(batches(batch_size=batch_size, n_batches=42))
    counts = torch.cat([batch.y for batch in epoch]).bincount(minlength=3)
    assert len(epoch) == 42
    assert {len(batch.y) for batch in epoch} == {batch_size}
    assert int(counts.max() - counts.min()) <= 1


def test_generated_rows_are_marked(sampler):
    x, y, synthetic = (torch.cat(parts).numpy() for parts in zip(*batches(sampler)))
    known = {tuple(row) for row in X}
    assert_array_equal(synthetic, [tuple(row) not in known for row in x])
    # as many as in the sampler's balanced set, of 200 rows a class
    assert np.bincount(y[synthetic]).tolist() == [0, 120, 143]
    rows = x[~synthetic, 0].astype(int)
    assert_array_equal(Y[rows], y[~synthetic])
    assert np.ptp(np.bincount(rows)[Y == 1]) <= 1


@pytest.mark.parametrize(("fraction", "expected"), [(0.3, 60), (0, 0), (1.0, 200)])
def test_the_fraction_of_generated_rows(sampler, fraction, expected):
    y, synthetic = (
        torch.cat(parts)
        for parts in zip(*[batch[1:] for batch in batches(sampler, synthetic_fraction=fraction)])
    )
    assert y[synthetic].bincount(minlength=3).tolist() == [0, expected, expected]


def test_generated_rows_belong_to_their_class():
    """Rows of the classes lie apart, so a row tells its class."""
    apart = X.copy()
    apart[:, 0] = 10 * Y + R.rand(250)
    fitted = tiny(max_iter=400, learning_rate=0.01)
    fitted.fit_resample(apart, Y)
    for x, y, _ in BalancedBatches(apart, Y, fitted, chunk_size=3, random_state=0):
        assert_array_equal((x[:, 0] / 10).round().clamp(max=2).numpy(), y)


def test_every_epoch_is_fresh_and_repeats_itself_by_seed(sampler):
    data, again = batches(sampler), batches(sampler)
    first, second = list(data), list(data)
    made = [{tuple(r) for b in e for r in b.x[b.synthetic].tolist()} for e in (first, second)]
    assert made[0]
    assert not made[0] & made[1]
    for expected, epoch in ((first, list(again)), (second, list(again))):
        assert list(map(key, epoch)) == list(map(key, expected))
    data.set_epoch(1)
    assert list(map(key, data)) == list(map(key, second))
    other = list(batches(sampler, random_state=1))
    assert list(map(key, other)) != list(map(key, first))


def test_the_sampler_is_left_as_it_was(sampler):
    before = sampler._stream.get_state()[1].tolist(), torch.get_rng_state().tolist()
    list(batches(sampler))
    assert before == (sampler._stream.get_state()[1].tolist(), torch.get_rng_state().tolist())


def test_rows_are_generated_in_chunks(sampler, monkeypatch):
    asked = []
    original = type(sampler).sample
    monkeypatch.setattr(
        type(sampler),
        "sample",
        lambda self, counts, **k: asked.append(sum(counts.values())) or original(self, counts, **k),
    )
    list(batches(sampler, chunk_size=4))
    assert len(asked) == 5
    assert max(asked) <= 4 * 30
    asked.clear()
    next(iter(batches(sampler, chunk_size=4)))
    assert len(asked) == 1


@pytest.mark.parametrize("persistent", [False, True])
def test_workers_share_an_epoch(sampler, persistent):
    alone = batches(sampler, chunk_size=3)
    epochs = [sorted(map(key, alone)) for _ in range(5)]
    data = batches(sampler, chunk_size=3)
    loader = DataLoader(data, batch_size=None, num_workers=2, persistent_workers=persistent)
    first = list(loader)
    assert isinstance(first[0], Batch)
    assert len(first) == len(loader) == len(data)
    assert sorted(map(key, first)) == epochs[0]
    assert sorted(map(key, loader)) == epochs[1]
    data.set_epoch(2)
    assert sorted(map(key, loader)) == epochs[2]
    abandoned = iter(loader)
    next(abandoned)
    del abandoned
    assert sorted(map(key, loader)) == epochs[4]
    assert sampler.device == "auto"


def test_a_data_loader_without_workers(sampler):
    loader = DataLoader(batches(sampler), batch_size=None)
    assert list(map(key, loader)) == list(map(key, batches(sampler)))


@pytest.mark.slow
def test_workers_of_other_kinds_of_processes(sampler):
    """Forked from a server, as Python 3.14 does, they get a copy by pickle."""
    alone = batches(sampler)
    expected = [sorted(map(key, alone)) for _ in range(2)]
    loader = DataLoader(
        batches(sampler), batch_size=None, num_workers=2, multiprocessing_context="forkserver"
    )
    assert [sorted(map(key, loader)) for _ in range(2)] == expected


def test_epochs_of_workers_are_counted_apart(sampler):
    data = batches(sampler)
    loader = DataLoader(data, batch_size=None, num_workers=1)
    first = sorted(map(key, loader))
    assert sorted(map(key, data)) == first
    data.set_epoch(1)
    assert sorted(map(key, loader)) != first


@pytest.mark.parametrize("marks", [True, False])
@pytest.mark.parametrize("params", [{}, {"batch_size": 4}])
def test_a_loader_that_makes_batches_itself_is_refused(marks, params):
    with pytest.raises(ValueError, match=r"whole batches.*batch_size=None"):
        next(iter(DataLoader(batches(marks=marks), **params)))
    assert len(next(iter(DataLoader(batches(marks=marks), batch_size=None)))) == 2 + marks


@pytest.mark.slow
def test_lightning_trains_on_it(sampler, tmp_path):
    lightning = pytest.importorskip("pytorch_lightning")

    class Linear(lightning.LightningModule):
        def __init__(self):
            super().__init__()
            self.layer, self.seen = nn.Linear(3, 3), []

        def training_step(self, batch, _):
            self.seen.append(key(batch))
            return nn.functional.cross_entropy(self.layer(batch.x), batch.y)

        def configure_optimizers(self):
            return torch.optim.SGD(self.parameters(), lr=1e-4)

    network = Linear()
    trainer = lightning.Trainer(
        max_epochs=2,
        accelerator="cpu",
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        default_root_dir=tmp_path,
    )
    trainer.fit(network, DataLoader(batches(sampler), batch_size=None))
    alone = batches(sampler)
    assert network.seen == [key(batch) for _ in range(2) for batch in alone]


def test_skorch_trains_on_it(sampler):
    net = NeuralNetClassifier(
        nn.Sequential(nn.Linear(3, 3), nn.Softmax(dim=1)),
        max_epochs=2,
        train_split=None,
        iterator_train__batch_size=None,
        classes=[0, 1, 2],
        verbose=0,
    )
    net.fit(batches(sampler, marks=False), y=None)
    assert len(net.history) == 2
    assert len(net.history[0, "batches"]) == 20
    assert net.predict(X).shape == (250,)


def test_pickles(sampler):
    data = batches(sampler)
    list(data)
    again = pickle.loads(pickle.dumps(data))
    assert list(map(key, again)) == list(map(key, data))  # the second epoch


@pytest.mark.parametrize("dtype", [np.uint8, np.float64])
def test_images(dtype):
    pictures, y = images(40, 3, 8, 8, dtype=dtype), np.repeat([0, 1], [30, 10])
    fitted = tiny()
    fitted.fit_resample(pictures, y)
    data = BalancedBatches(pictures, y, fitted, batch_size=8, random_state=0)
    for batch in data:
        assert batch.x.shape == (8, 3, 8, 8)
    scaled = BalancedBatches(
        pictures,
        y,
        fitted,
        transform=lambda rows: torch.as_tensor(rows).half() / 2,
        batch_size=8,
        random_state=0,
    )
    assert next(iter(scaled)).x.dtype == torch.float16


def test_sparse_rows_frames_and_labels_of_any_kind():
    names = np.array(["a", "b", "c"])[Y]
    for rows in (sparse.csr_matrix(X), pd.DataFrame(X, columns=list("xyz"))):
        fitted = tiny()
        fitted.fit_resample(rows, names)
        data = BalancedBatches(rows, names, fitted, random_state=0)
        assert data.classes_.tolist() == ["a", "b", "c"]
        assert {batch.x.shape for batch in data} == {(64, 3)}


@pytest.mark.parametrize("unit", ["D", "ns"])
def test_dates_are_labels_as_others_are(sampler, unit):
    y = (np.datetime64("2020-01-01") + Y).astype(f"M8[{unit}]")
    dated = tiny(replay=0.25)
    dated.fit_resample(X, y)
    found = BalancedBatches(X, y, dated, batch_size=30, random_state=0)
    for batch, expected in zip(found, batches(sampler), strict=True):
        assert key(batch) == key(expected)
        assert_array_equal(batch.synthetic, expected.synthetic)
    assert batch.synthetic.any()


def test_rows_that_are_no_numbers_ask_for_a_transform():
    frame = pd.DataFrame({"a": X[:, 0], "b": np.where(Y, "u", "v")})
    fitted = tiny()
    fitted.fit_resample(frame, Y)
    with pytest.raises(ValueError, match="give a transform"):
        BalancedBatches(frame, Y, fitted)

    def numbers(rows):
        return torch.as_tensor(rows.assign(b=rows["b"] == "u").to_numpy(dtype=float))

    assert next(iter(BalancedBatches(frame, Y, fitted, transform=numbers))).x.shape == (64, 2)


def test_a_sampler_that_only_repeats():
    fitted = tiny(replay=1.0)
    fitted.fit_resample(X, Y)
    assert not any(batch.synthetic.any() for batch in batches(fitted))
    with pytest.raises(ValueError, match="no trained generator"):
        batches(fitted, synthetic_fraction=0.5)


@pytest.mark.parametrize(
    ("params", "match"),
    [
        ({"batch_size": 0}, "batch_size must"),
        ({"batch_size": True}, "batch_size must"),
        ({"synthetic_fraction": True}, "synthetic_fraction must"),
        ({"n_batches": 0.5}, "n_batches must"),
        ({"chunk_size": 0}, "chunk_size must"),
        ({"synthetic_fraction": 2}, "synthetic_fraction must"),
        ({"synthetic_fraction": 0.5}, "needs a fitted sampler"),
        ({"sampler": SMOTE()}, "sampler must be a fitted sampler of this package"),
        ({"sampler": tiny()}, "not fitted yet: call fit_resample"),
        ({"transform": lambda rows: 3}, "transform must return"),
        ({"transform": 5}, "transform must be a function"),
        ({"random_state": -1}, "random_state must be"),
    ],
)
def test_what_is_refused(params, match):
    with pytest.raises(ValueError, match=match):
        batches(**params)


def test_a_sampler_in_the_place_of_rows():
    for given in ((SMOTE(), X, Y), (X, SMOTE(), Y)):
        with pytest.raises(
            ValueError, match=r"[Xy] must hold data: BalancedBatches\(X, y, sampler\)"
        ):
            BalancedBatches(*given)


def with_last(value, rows=X):
    """Return rows whose last value is another one."""
    rows = rows.copy()
    rows[-1, -1] = value
    return rows


DAYS = np.datetime64("2020-01-01") + np.arange(250)


@pytest.mark.parametrize(
    ("rows", "match"),
    [
        (with_last(np.nan), "impute"),
        (with_last(np.inf), "impute"),
        (with_last(1e300, X.astype(np.float64)), "impute"),
        (with_last(np.nan, sparse.csr_matrix(X)), "impute"),
        (pd.DataFrame({"a": pd.array([*range(249), None], dtype="Int64")}), "impute"),
        (with_last("many", X.astype(object)), "other things than numbers"),
        (DAYS[:, None], r"dates, text .* of dtype datetime64\[D\]: give a transform"),
        ((DAYS - DAYS[0])[:, None], "dtype timedelta64"),
        (pd.DataFrame({"a": X[:, 0], "when": DAYS}), r"columns \['when'\]: give a transform"),
        (pd.DataFrame({"zip": ["01234"] * 250}), "zip"),
        (pd.DataFrame({"kind": pd.Categorical([1, 2] * 125)}), "kind"),
        (np.full((250, 2), "01234"), "dtype <U5"),
        (np.full((250, 2), "01234", dtype=object), "dtype object"),
    ],
)
def test_what_is_no_finite_number_is_found_before_the_first_batch(rows, match):
    with pytest.raises(ValueError, match=match):
        BalancedBatches(rows, Y)
    BalancedBatches(rows, Y, transform=lambda rows: torch.zeros(rows.shape[0], 2))


@pytest.mark.parametrize("dtype", [bool, "boolean", "Int64", object])
def test_numbers_of_any_dtype_need_no_transform(dtype):
    batch = next(iter(BalancedBatches(pd.DataFrame({"a": [1, 0] * 125}, dtype=dtype), Y)))
    assert set(batch.x.unique().tolist()) <= {0.0, 1.0}


def test_a_transform_that_works_in_place_leaves_the_rows_as_they_are():
    rows = X.copy()
    list(BalancedBatches(rows, Y, transform=lambda rows: torch.from_numpy(rows).mul_(2)))
    assert_array_equal(rows, X)


def test_rows_in_a_file(sampler):
    found = list(BalancedBatches(InFile(X), Y, sampler, batch_size=30, random_state=0))
    assert list(map(key, found)) == list(map(key, batches(sampler)))


FRAME = pd.DataFrame(X, columns=list("abc"))
PICTURES = images(250, 4, 4, dtype=np.uint8)


@pytest.mark.parametrize(
    ("seen", "given"),
    [
        (FRAME, FRAME[["c", "b", "a"]]),
        (FRAME, FRAME.rename(columns={"a": "z"})),
        (FRAME, FRAME.astype({"a": float})),
        (FRAME, X),
        (X, FRAME),
        (X, X[:, :2]),
        (X, sparse.csr_matrix(X)),
        (PICTURES, PICTURES / 16),
        (PICTURES, PICTURES.reshape(250, 16)),
    ],
)
def test_samplers_of_other_rows(seen, given):
    fitted = tiny(max_iter=1)
    fitted.fit_resample(seen, Y)
    with pytest.raises(ValueError, match=r"fitted to other columns or rows.*fit_resample"):
        BalancedBatches(given, Y, fitted)


def test_rows_far_outside_those_that_the_sampler_has_seen(sampler):
    with pytest.warns(UserWarning, match=r"far outside.*columns \[0, 1, 2\]"):
        BalancedBatches(16 * X, Y, sampler)


def test_samplers_of_other_data(sampler):
    with pytest.raises(ValueError, match=r"fitted to the labels \[0, 1, 2\], but y holds \[0, 1\]"):
        BalancedBatches(X[:240], Y[:240], sampler)
    for epoch in (-1, True):
        with pytest.raises(ValueError, match="epoch must"):
            batches().set_epoch(epoch)
