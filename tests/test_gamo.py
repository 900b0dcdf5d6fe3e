"""Facts of GAMO's paper, for the sampler, GAMO2pix and the networks."""

import copy
from itertools import pairwise

import numpy as np
import pytest
import torch
from scipy.optimize import nnls
from sklearn.datasets import load_digits

from imblearn_gan import GAMO2pix, GAMOClassifier, GAMOOversampler
from imblearn_gan._data import DataSpec
from imblearn_gan._training import Engine, TrainingData
from imblearn_gan.losses import classifier_loss, discriminator_loss, misleading_loss, vae_loss
from imblearn_gan.networks import ConditionalGenerator, ConvexGenerator
from tests.samplers import images, labels

Y = labels(20, 9, 5)
DIGITS = load_digits()


def table():
    return np.random.RandomState(0).normal(size=(len(Y), 12))


def small(**params):
    return GAMOOversampler(**{"max_iter": 8, "batch_size": 16, "random_state": 0} | params)


@pytest.mark.parametrize("n_support", [None, 2, 3])
def test_rows_are_convex_combinations_of_their_class(n_support):
    X = table()
    X_res, y_res = small(n_support=n_support).fit_resample(X, Y)
    for label in (1, 2):
        real = X[label == Y]
        for row in X_res[len(X) :][y_res[len(X) :] == label]:
            # nonnegative weights that sum to one and give the row
            weights, error = nnls(np.vstack([real.T, np.ones(len(real))]), np.append(row, 1.0))
            assert error < 1e-5
            if n_support is not None and len(real) < 12:
                assert (weights > 1e-4).sum() <= n_support


@pytest.mark.parametrize("n_support", [None, 2])
@pytest.mark.parametrize("tilt", [None, 1.0])
def test_weights_are_nonnegative_and_sum_to_one(n_support, tilt):
    generator = ConvexGenerator(4, [0, 9, 5], n_support, tilt)
    weights = generator.weights(torch.randn(11, 4), [0, 7, 4])
    assert sorted(weights) == [1, 2]
    for i, n in ((1, 7), (2, 4)):
        index, w = weights[i]
        assert len(w) == n
        assert (w >= 0).all()
        assert torch.allclose(w.sum(1), torch.ones(n))
        assert index is None or index.max() < generator.class_counts[i]


def test_full_weights_do_not_depend_on_how_rows_are_grouped():
    generator = ConvexGenerator(4, [3, 4]).eval()
    z, rows = torch.randn(6, 4), [torch.randn(3, 5), torch.randn(4, 5)]
    together = generator(z, [2, 4], rows)
    apart = torch.cat([generator(z[:2], [2, 0], rows), generator(z[2:], [0, 4], rows)])
    assert torch.allclose(together, apart, atol=1e-6)


def test_a_class_of_one_row_is_repeated():
    X = table()
    y = labels(20, 13, 1)
    X_res, y_res = small().fit_resample(X, y)
    new = X_res[len(X) :][y_res[len(X) :] == 2]
    assert np.allclose(new, X[y == 2], atol=1e-5)


def test_labels_of_generated_rows_follow_what_classes_lack():
    torch.manual_seed(0)
    counts = TrainingData.draw_labels(30_000, [0, 300, 600, 100])
    assert counts[0] == 0
    assert np.allclose(np.array(counts) / 30_000, [0, 0.3, 0.6, 0.1], atol=0.015)


def game(**params):
    """Networks, data and the adversarial phase of a small game."""
    method = small(**params)
    spec = DataSpec((12,), (20, 9, 5))
    x = torch.randn(34, 12)
    y = torch.repeat_interleave(torch.arange(3), torch.tensor([20, 9, 5]))
    data = TrainingData(x, y, spec, [0, 11, 15])
    networks = method._build_networks(spec, [0, 11, 15])
    return networks, next(iter(method._phases(networks, data)))


def test_a_step_of_one_player_leaves_the_others_unchanged():
    networks, phase = game(ema_decay=0.0)
    seen = []

    def watched(player):
        def losses(batch, original=player.losses):
            seen.append((player.name, copy.deepcopy(networks.state_dict())))
            return original(batch)

        return losses

    for player in phase.players:
        player.losses = watched(player)
    Engine().run(phase)
    assert len(seen) == 3 * phase.max_iter
    for (player, before), (_, after) in pairwise(seen):
        changed = {k.split(".")[0] for k in before if not torch.equal(before[k], after[k])}
        assert changed == {player}


def test_discriminator_sees_the_label():
    _, phase = game()
    judge = next(p for p in phase.players if p.name == "discriminator")
    turn = next(p.draw for p in phase.players if p.draw is not None)()
    first = judge.losses(turn)["real"]
    turn.real_labels = turn.real_labels.roll(1, dims=1)
    assert judge.losses(turn)["real"] != first


def test_players_of_the_ablations():
    assert [p.name for p in game()[1].players] == ["classifier", "discriminator", "generator"]
    networks, phase = game(discriminator=False)
    assert [p.name for p in phase.players] == ["classifier", "generator"]
    assert "discriminator" not in networks
    networks, _ = game(generator="conditional")
    assert isinstance(networks["generator"], ConditionalGenerator)


@pytest.mark.parametrize(
    "params",
    [
        {"discriminator": False},
        {"generator": "conditional"},
        {"generator": "conditional", "discriminator": False},
        {"loss": "least_squares", "misleading": "complement"},
        {"combine": "features", "decoder_iter": 3},
        {"combine": "features", "generator": "conditional", "decoder_iter": 3},
        {"architecture": "mlp"},
    ],
)
@pytest.mark.parametrize("X", [table(), images(len(Y), 6, 5)], ids=["table", "images"])
def test_variants(params, X):
    X_res, y_res = small(**params).fit_resample(X, Y)
    assert np.bincount(y_res).tolist() == [20, 20, 20]
    assert X_res.dtype == X.dtype
    assert np.array_equal(X_res[: len(X)], X)


def test_phases_on_images():
    sampler = small(combine="features", decoder_iter=4)
    sampler.fit_resample(images(len(Y), 8, 8), Y)
    assert {record["phase"] for record in sampler.history_} == {"adversarial", "gamo2pix"}
    assert sampler.n_iter_ == 8
    assert "extractor_real" in sampler.history_[0]


# losses --------------------------------------------------------------------------------------


def batch():
    rng = np.random.RandomState(3)
    logits = rng.normal(size=(7, 4))
    p = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    return logits, p, rng.randint(4, size=7)


@pytest.mark.parametrize("loss", ["cross_entropy", "least_squares"])
def test_classifier_loss_is_equations_2_and_4(loss):
    logits, p, y = batch()
    total = 0.0
    for row, label in zip(p, y):
        for i, m in enumerate(row):
            own = i == label
            if loss == "cross_entropy":
                total -= np.log(m) if own else np.log(1 - m)
            else:
                total += (1 - m) ** 2 if own else m**2
    one_hot = torch.from_numpy(np.eye(4)[y])
    assert np.isclose(classifier_loss(torch.from_numpy(logits), one_hot, loss), total / 7)


def test_misleading_loss_is_equation_6():
    logits, p, y = batch()
    y = y % 3  # class 3 is the largest: never generated, and no target
    total = 0.0
    for row, label in zip(p, y):
        for i, m in enumerate(row):
            if i == label:
                total += m**2  # L_i7
            elif i != 3:
                total += (1 - m) ** 2  # L_i8
    one_hot = torch.from_numpy(np.eye(4)[y])
    pulled = torch.tensor([1.0, 1.0, 1.0, 0.0], dtype=torch.float64)
    found = misleading_loss(torch.from_numpy(logits), one_hot, "least_squares", pulled)
    assert np.isclose(found, total / 7)
    own = misleading_loss(torch.from_numpy(logits), one_hot, "cross_entropy")
    assert np.isclose(own, -np.log(1 - p[np.arange(7), y]).mean())


def test_discriminator_loss_is_equations_3_and_5():
    logits = np.random.RandomState(0).normal(size=(9, 1))
    d = 1 / (1 + np.exp(-logits))
    x = torch.from_numpy(logits)
    assert np.isclose(discriminator_loss(x, 1.0, "least_squares"), ((1 - d) ** 2).mean())
    assert np.isclose(discriminator_loss(x, 0.0, "least_squares"), (d**2).mean())
    assert np.isclose(discriminator_loss(x, 1.0), -np.log(d).mean())
    assert np.isclose(discriminator_loss(x, 0.0), -np.log(1 - d).mean())


def test_losses_stay_finite_for_certain_classifiers():
    logits = torch.tensor([[80.0, -80.0]], requires_grad=True)
    for one_hot in (torch.tensor([[1.0, 0.0]]), torch.tensor([[0.0, 1.0]])):
        loss = classifier_loss(logits, one_hot) + misleading_loss(logits, one_hot)
        loss.backward()
        assert loss.isfinite()
        assert logits.grad.isfinite().all()


def test_vae_loss_is_the_divergence_of_torch():
    mean, log_variance = torch.randn(5, 3), torch.randn(5, 3)
    normal = torch.distributions.Normal
    posterior = normal(mean, (0.5 * log_variance).exp())
    divergence = torch.distributions.kl_divergence(posterior, normal(0.0, 1.0)).sum(1).mean()
    parts = vae_loss(torch.zeros(5, 1, 4, 4), torch.ones(5, 1, 4, 4), mean, log_variance)
    assert torch.isclose(parts["kl"], divergence)
    assert parts["reconstruction"] == 16


# GAMO2pix ------------------------------------------------------------------------------------


def test_gamo2pix_keeps_the_extractor_fixed_and_learns_to_decode():
    X, y = DIGITS.images[:120], DIGITS.target[:120] % 2
    torch.manual_seed(0)
    extractor = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(64, 32), torch.nn.Tanh())
    before = copy.deepcopy(extractor.state_dict())
    model = GAMO2pix(extractor, max_iter=150, random_state=0).fit(X, y)
    for state in (extractor.state_dict(), model.networks_["extractor"].state_dict()):
        assert all(torch.equal(before[k], state[k]) for k in before)
    decoded = model.decode(model.transform(X), y)
    assert decoded.shape == X.shape
    error = np.square(decoded - X).mean()
    class_means = np.stack([X[y == label].mean(axis=0) for label in (0, 1)])[y]
    assert error < np.square(class_means - X).mean()


def test_gamo2pix_uses_the_network_of_the_class():
    X, y = DIGITS.images[:60], np.array(["odd" if t % 2 else "even" for t in DIGITS.target[:60]])
    model = GAMO2pix(torch.nn.Flatten(), max_iter=5, random_state=0).fit(X, y)
    features = model.transform(X[:1])
    odd, even = model.decode(features, ["odd"]), model.decode(features, ["even"])
    assert not np.allclose(odd, even)
    mixed = model.decode(np.repeat(features, 3, axis=0), ["odd", "even", "odd"])
    assert np.allclose(mixed, np.concatenate([odd, even, odd]), atol=1e-5)
    with pytest.raises(ValueError, match="fit has not seen"):
        model.decode(features, ["neither"])


def test_gamo2pix_refuses_an_extractor_without_vectors():
    with pytest.raises(ValueError, match="extractor must give one feature vector"):
        GAMO2pix(torch.nn.Identity(), max_iter=2).fit(DIGITS.images[:20], DIGITS.target[:20] % 2)


# the classifier ------------------------------------------------------------------------------


@pytest.mark.slow
def test_classifier_on_images_and_frames():
    X, y = DIGITS.images, np.array([f"digit {t}" for t in DIGITS.target])
    model = GAMOClassifier(max_iter=250, random_state=0).fit(X[:600], y[:600])
    assert model.score(X[600:], y[600:]) > 0.8
    probabilities = model.predict_proba(X[600:610])
    assert probabilities.shape == (10, 10)
    assert np.allclose(probabilities.sum(axis=1), 1)
    assert set(model.predict(X[600:610])) <= set(model.classes_)
    with pytest.raises(ValueError, match="rows of shape"):
        model.predict(X[:, :7])


def test_classifier_without_minority_plays_no_game():
    X, y = table(), labels(17, 17)
    model = GAMOClassifier(max_iter=5, random_state=0).fit(X, y)
    assert set(model.history_[-1]) == {"phase", "iteration", "classifier_real"}


@pytest.mark.slow
def test_helps_the_rare_class_of_digits():
    """The game must lift a rare class's recall over the same networks without it."""
    X, y = DIGITS.images, (DIGITS.target == 8).astype(int)
    rare, common = np.flatnonzero(y), np.flatnonzero(1 - y)
    train = np.concatenate([rare[:12], common[:600]])
    test = np.concatenate([rare[12:], common[600:]])
    scores = []
    for weight in (0.0, 1.0):
        model = GAMOClassifier(
            max_iter=150,
            generated_weight=weight,
            balance=None,
            random_state=0,
        ).fit(X[train], y[train])
        scores.append((model.predict(X[test]) == 1)[y[test] == 1].mean())
    assert scores[1] > scores[0]
