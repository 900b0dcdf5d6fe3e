"""GAMO2pix: images from feature vectors."""

import copy

import numpy as np
import pytest
import torch
from sklearn.datasets import load_digits

from imblearn_gan import GAMO2pix
from imblearn_gan.training import runtime

DIGITS = load_digits()


def test_keeps_the_extractor_fixed_and_learns_to_decode():
    X, y = DIGITS.images[:120], DIGITS.target[:120] % 2
    torch.manual_seed(0)
    extractor = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(64, 32), torch.nn.Tanh())
    before = copy.deepcopy(extractor.state_dict())
    model = GAMO2pix(extractor, max_iter=100, random_state=0).fit(X, y)
    for state in (extractor.state_dict(), model.networks_["extractor"].state_dict()):
        assert all(torch.equal(before[k], state[k]) for k in before)
    decoded = model.decode(model.transform(X), y)
    assert decoded.shape == X.shape
    error = np.square(decoded - X).mean()
    class_means = np.stack([X[y == label].mean(axis=0) for label in (0, 1)])[y]
    assert error < np.square(class_means - X).mean()


def test_uses_the_network_of_the_class():
    X, y = DIGITS.images[:60], np.array(["odd" if t % 2 else "even" for t in DIGITS.target[:60]])
    model = GAMO2pix(torch.nn.Flatten(), max_iter=5, random_state=0).fit(X, y)
    features = model.transform(X[:1])
    odd, even = model.decode(features, ["odd"]), model.decode(features, ["even"])
    assert not np.allclose(odd, even)
    mixed = model.decode(np.repeat(features, 3, axis=0), ["odd", "even", "odd"])
    assert np.allclose(mixed, np.concatenate([odd, even, odd]), atol=1e-5)
    with pytest.raises(ValueError, match="fit has not seen"):
        model.decode(features, ["neither"])


def test_refuses_vectors_of_another_length():
    X, y = DIGITS.images[:20], DIGITS.target[:20] % 2
    model = GAMO2pix(torch.nn.Flatten(), max_iter=2, random_state=0).fit(X, y)
    with pytest.raises(ValueError, match=r"features has 5 columns, .* vectors of 64 values"):
        model.decode(np.zeros((3, 5)), y[:3])


def test_decodes_in_bounded_memory(monkeypatch):
    X, y = DIGITS.images[:20], DIGITS.target[:20] % 2
    model = GAMO2pix(torch.nn.Flatten(), max_iter=2, random_state=0).fit(X, y)
    features, labels = np.repeat(model.transform(X), 40, axis=0), np.repeat(y, 40)
    sizes = []
    for decoder in model.networks_["decoders"].values():
        decoder.register_forward_hook(lambda _, args, __: sizes.append(len(args[0])))
    decoded = model.decode(features, labels)
    assert max(sizes) <= runtime.CHUNK
    assert sum(sizes) == len(features) == 800
    np.testing.assert_allclose(decoded[::40], model.decode(features[::40], y), atol=1e-4)


def test_refuses_an_extractor_without_vectors():
    with pytest.raises(ValueError, match="extractor must give one feature vector"):
        GAMO2pix(torch.nn.Identity(), max_iter=2).fit(DIGITS.images[:20], DIGITS.target[:20] % 2)
