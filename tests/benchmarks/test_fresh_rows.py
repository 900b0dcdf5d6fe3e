"""Fresh rows in every epoch, beside one balanced set."""

from sklearn.datasets import make_classification

from tests.samplers import tiny


def test_three_ways_learn_in_the_same_epochs(module, monkeypatch):
    fresh_rows = module("fresh_rows")
    network, n_different = fresh_rows.learnt, []

    def learnt(batches, *arguments):
        assert len(batches) == 3  # of a balanced set, by 64
        epochs = [tuple(row) for _ in range(9) for x, *_ in batches for row in x.tolist()]
        n_different.append(len(set(epochs)))
        return network(batches, *arguments)

    monkeypatch.setattr(fresh_rows, "learnt", learnt)
    monkeypatch.setattr(fresh_rows, "N_EPOCHS", 1)
    monkeypatch.setattr(fresh_rows, "CWGANGPOversampler", tiny)
    X, y = make_classification(160, weights=[0.8], flip_y=0, random_state=0)
    found = list(fresh_rows.fold("made", 0, X[:112], y[:112], X[112:], y[112:]))
    assert [record.method for record in found] == [
        "random oversampling",
        "CWGANGPOversampler",
        "CWGANGPOversampler, fresh",
    ]
    assert all(0 <= record.measures["ap"] <= 1 for record in found)
    repeated, one_set, fresh = n_different
    assert repeated == 112
    assert 112 < one_set <= 2 * int((y[:112] == 0).sum()) < fresh
