"""Draws from the training data."""

import numpy as np
import pytest
import torch
from scipy import sparse

from imblearn_gan import CGANOversampler
from imblearn_gan.data import DataCodec, DataSpec, to_native
from imblearn_gan.training import EncodedRows, SparseRows, TrainingData, batches
from tests.data.test_sliced import InFile
from tests.samplers import images, labels


def data(*counts, n_to_make=None):
    """Rows in [10 y, 10 y + 1)."""
    y = torch.from_numpy(labels(*counts))
    x = y.float()[:, None] * 10 + torch.rand(len(y), 1)
    return TrainingData(x, y, DataSpec((1,), counts), n_to_make or [0] * len(counts))


def shares(y, n_classes):
    return np.bincount(y, minlength=n_classes) / len(y)


@pytest.fixture(autouse=True)
def seed():
    torch.manual_seed(0)


def test_rows_are_sorted_by_class_and_keep_their_order():
    y = torch.tensor([1, 0, 1, 0, 1])
    rows = TrainingData(torch.arange(5.0)[:, None], y, DataSpec((1,), (2, 3)), [np.int64(1), 0])
    assert rows.x[:, 0].tolist() == [1, 3, 0, 2, 4]
    assert rows.y.tolist() == [0, 0, 1, 1, 1]
    assert rows.n_to_make == (1, 0)
    assert len(rows) == 5
    assert rows.x[rows.rows_of(1), 0].tolist() == [0, 2, 4]


def test_each_row_or_each_class_is_equally_likely():
    rows = data(400, 40, 1)
    for i, n in enumerate((400, 40, 1)):
        assert rows.y[rows.rows_of(i)].tolist() == [i] * n
        assert (rows.x[rows.rows_of(i)] // 10 == i).all()
    assert np.allclose(shares(rows.draw(6000, balanced=True).y, 3), 1 / 3, atol=0.03)
    expected = np.array([400, 40, 1]) / 441
    assert np.allclose(shares(rows.draw(6000).y, 3), expected, atol=0.03)
    assert np.allclose(shares(rows.draw_labels(6000), 3), 1 / 3, atol=0.03)


@pytest.mark.parametrize("balanced", [False, True])
def test_every_row_can_be_drawn_and_none_beyond(balanced):
    rows = data(40, 7, 1)
    index = rows.draw_index(20_000, balanced)
    assert sorted(index.unique().tolist()) == list(range(48))


def test_a_batch_may_be_larger_than_the_data():
    batch = data(2, 1).draw(100)
    assert batch.x.shape == (100, 1)
    assert (batch.x[:, 0] // 10 == batch.y).all()


def test_parts_share_small_classes_and_divide_large_ones():
    rows = data(31, 4, 10, n_to_make=[0, 27, 21])  # the mean is 15
    parts = list(rows.parts(3))
    assert len(parts) == 3
    of = [[part.x[part.rows_of(i)] for part in parts] for i in range(3)]
    whole = torch.cat(of[0])
    assert sorted(whole[:, 0].tolist()) == sorted(rows.x[rows.rows_of(0), 0].tolist())
    assert sorted(len(rows) for rows in of[0]) == [10, 10, 11]
    for i in (1, 2):
        for mine in of[i]:
            assert sorted(mine[:, 0].tolist()) == sorted(rows.x[rows.rows_of(i), 0].tolist())
    for part in parts:
        assert part.spec.class_counts == tuple(np.bincount(part.y))
        assert part.spec.shape == rows.spec.shape
        assert part.n_to_make == (0, 27, 21)


def test_a_class_of_fewer_rows_than_parts_is_shared():
    parts = list(data(2, 1).parts(3))
    assert [len(part) for part in parts] == [3, 3, 3]


def test_labels_are_drawn_in_proportion():
    y = data(2, 2, 2).draw_labels(9000, torch.tensor([2.0, 0.0, 1.0]))
    assert np.allclose(shares(y, 3), [2 / 3, 0, 1 / 3], atol=0.03)
    assert not (y == 1).any()


def test_one_hot():
    encoded = data(2, 2, 2).one_hot(torch.tensor([2, 0]))
    assert encoded.tolist() == [[0, 0, 1], [1, 0, 0]]
    assert encoded.dtype == torch.float32


# rows that are mostly alike ----------------------------------------------------------------------


def alike():
    """Dense rows, the same rows stored sparsely, and their labels."""
    common = np.array([-1.0, 0.0, 1.0, 0.25], dtype=np.float32)
    dense = np.tile(common, (7, 1))
    dense[[0, 2, 2, 6], [1, 0, 2, 3]] = [0.5, 0.0, -1.0, 1.0]  # a zero that is not common, too
    rows, columns = np.nonzero(dense != common)
    starts = np.searchsorted(rows, np.arange(8))
    others = sparse.csr_matrix((dense[rows, columns], columns, starts), shape=dense.shape)
    y = torch.tensor([1, 0, 1, 0, 0, 1, 0])
    return torch.from_numpy(dense), SparseRows(common, others, torch.device("cpu")), y


def test_sparse_rows_are_the_dense_ones_by_index_and_slice():
    dense, rows, _ = alike()
    index = torch.tensor([6, 0, 2, 2])
    assert (len(rows), rows.shape) == (7, dense.shape)
    assert torch.equal(rows[index], dense[index])
    assert torch.equal(rows[2:5], dense[2:5])
    assert torch.equal(rows.taken(index)[1:], dense[index][1:])


def test_sparse_rows_are_drawn_as_dense_ones_are():
    dense, rows, y = alike()
    spec = DataSpec((4,), class_counts=(4, 3))
    both = [TrainingData(x, y, spec, (0, 1)) for x in (dense, rows)]
    batches = []
    for data in both:
        torch.manual_seed(0)
        batches.append([data.draw(9, balanced=True).x, next(data.parts(2)).draw(5).x])
    for one, other in zip(*batches):
        assert torch.equal(one, other)
    for i in range(2):
        assert torch.allclose(both[0].mean_of(i), both[1].mean_of(i))


# rows that are encoded when they are drawn -------------------------------------------------------


LAYOUTS = [torch.contiguous_format, torch.channels_last]


def encoded_rows(n=30, layout=torch.contiguous_format):
    """The same images, encoded, and as they are."""
    pictures, y = images(n, 6, 5, 3), torch.from_numpy(labels(n - 12, 12))
    codec = DataCodec().fit(pictures)
    dense = torch.from_numpy(codec.encode(pictures)).to(memory_format=layout)
    lazy = EncodedRows(pictures, codec.encode, dense.shape[1:])
    return dense, lazy.to(torch.device("cpu"), layout), y


@pytest.mark.parametrize("layout", LAYOUTS)
def test_encoded_when_drawn_rows_are_the_same_and_lie_alike(layout):
    dense, lazy, _ = encoded_rows(layout=layout)
    assert (lazy.shape, len(lazy), lazy.dtype) == (dense.shape, 30, torch.float32)
    for index in (torch.tensor([3, 3, 0]), slice(4, 9), torch.arange(30)):
        assert torch.equal(lazy[index], dense[index])
        assert lazy[index].stride() == dense[index].stride()
    flat = lazy.flatten(1)
    assert flat.shape == dense.flatten(1).shape
    assert torch.equal(flat[torch.tensor([1, 5])], dense.flatten(1)[torch.tensor([1, 5])])
    some = torch.tensor([7, 2, 2])
    assert torch.equal(lazy.taken(some)[torch.tensor([2, 0])], dense[some][torch.tensor([2, 0])])


def test_rows_are_told_apart_in_pieces(monkeypatch):
    monkeypatch.setattr(batches, "_SUMMED_AT_ONCE", 10 * 4)
    rows = np.random.default_rng(0).normal(size=(33, 4))

    def told(rows):
        return batches.stored_of(EncodedRows(to_native(rows), DataCodec().encode, (4,)))

    source = InFile(rows)
    assert told(source) == told(rows) == told(np.asfortranarray(rows))
    assert source.read == [10, 10, 10, 3]
    other = rows.copy()
    other[-1, -1] += 1e-9
    prints = [
        told(one) for one in (rows, other, rows[:-1], rows.astype("f4"), rows.reshape(33, 2, 2))
    ]
    assert all(prints.count(one) == 1 for one in prints)


@pytest.mark.parametrize("limit", [batches._MEAN_AT_ONCE, 0])
def test_training_data_of_rows_that_are_encoded_when_drawn(limit, monkeypatch):
    dense, lazy, y = encoded_rows()
    monkeypatch.setattr(batches, "_MEAN_AT_ONCE", limit)
    monkeypatch.setattr(batches, "_SUMMED_AT_ONCE", 4 * 90)
    spec = DataSpec(tuple(dense.shape[1:]), (18, 12))
    a, b = (TrainingData(x, y, spec, [0, 6]) for x in (dense, lazy))
    for i in range(2):
        assert torch.equal(a.x[a.rows_of(i)], b.x[b.rows_of(i)])
        assert torch.allclose(a.mean_of(i), b.mean_of(i), atol=1e-6)
        assert limit == 0 or torch.equal(a.mean_of(i), b.mean_of(i))
    torch.manual_seed(0)
    drawn = a.draw(9, balanced=True)
    torch.manual_seed(0)
    assert torch.equal(b.draw(9, balanced=True).x, drawn.x)
    torch.manual_seed(0)
    parts = list(a.parts(2))
    torch.manual_seed(0)
    for part, expected in zip(b.parts(2), parts):
        assert torch.equal(part.x[torch.arange(len(part))], expected.x)


def test_images_stay_as_they_are_until_a_batch_is_drawn():
    class Watched(CGANOversampler):
        def _phases(self, networks, data):
            seen.append(data.x.rows)
            return super()._phases(networks, data)

    seen, pictures, y = [], images(20, 6, 6), labels(14, 6)
    Watched(max_iter=2, random_state=0, device="cpu").fit_resample(pictures, y)
    assert np.shares_memory(seen[0], pictures)
