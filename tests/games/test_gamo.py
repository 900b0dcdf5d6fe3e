"""GAMO's game: eq. (1)-(6) and Algorithm 1, for sampler and classifier."""

import copy
from itertools import pairwise

import numpy as np
import pytest
import torch

from imblearn_gan import GAMOClassifier, GAMOOversampler
from imblearn_gan.data import DataSpec
from imblearn_gan.games.gamo import LATENT_DIM, decoding_phase
from imblearn_gan.networks import ConditionalGenerator, ConvexGenerator
from imblearn_gan.training import Engine
from tests.players import CLOSE, Game, Seen, array, sigmoid, softmax, training_data, which_rows

COUNTS = np.array([30, 9, 5])
LACK = np.array([0, 21, 25])
METHODS = [GAMOOversampler, GAMOClassifier]
LOSSES = ["cross_entropy", "least_squares"]
IMAGE = (1, 8, 8)


def built(method=GAMOOversampler, shape=None, **params):
    data = training_data(COUNTS.tolist(), shape=shape)
    return Game(method(**{"max_iter": 8, "batch_size": 16} | params), data)


# references -------------------------------------------------------------------------------------


def classified(game, rows):
    """M's softmax outputs."""
    return softmax(array(game.networks["classifier"](rows)))


def told_apart(p, labels, loss):
    """For each row the terms of eq. (2), with the sign of a loss, or of eq. (4)."""
    own = array(labels) == 1
    if loss == "least_squares":
        return np.where(own, (1 - p) ** 2, p**2).sum(axis=1)
    return -np.where(own, np.log(p), np.log(1 - p)).sum(axis=1)


def judged(game, rows, labels, target, loss):
    """D's loss against a target, of eq. (3) or (5)."""
    d = sigmoid(array(game.networks["discriminator"](torch.cat([rows, labels], dim=1))))
    if loss == "least_squares":
        return ((d - target) ** 2).mean()
    return -(target * np.log(d) + (1 - target) * np.log(1 - d)).mean()


def weights_of(balance, generated_weight):
    """M's weights of the rows of each class, real and generated."""
    ones = np.ones(3)
    if balance == "weights":
        inverse = COUNTS.mean() / COUNTS
        return inverse, generated_weight * (9 + 5) / 44 * inverse
    return ones, generated_weight * (2 / 3 if balance == "batches" else 1) * ones


# values -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("balance", ["weights", "batches", None])
@pytest.mark.parametrize("generated_weight", [0.2, 1.0])
def test_value_of_the_classifiers_loss(loss, balance, generated_weight):
    game = built(loss=loss, balance=balance, generated_weight=generated_weight)
    turn = game.draw("classifier")
    real_weights, generated_weights = weights_of(balance, generated_weight)
    expected = {}
    for name, rows, labels, weights in (
        ("real", turn.real, turn.real_labels, real_weights),
        ("generated", turn.generated, turn.generated_labels, generated_weights),
    ):
        assert len(array(labels).sum(axis=0).nonzero()[0]) >= 2
        terms = told_apart(classified(game, rows), labels, loss)
        expected[name] = (terms * weights[array(labels).argmax(axis=1)]).mean()
    assert game.losses("classifier", turn) == pytest.approx(expected, **CLOSE)


@pytest.mark.parametrize("balance", ["weights", "batches"])
def test_classes_weigh_the_same_in_total(balance):
    """Real rows of each class c, generated ones of each minority class generated_weight * c."""
    game = built(balance=balance, generated_weight=0.2, batch_size=20_000)
    turn = game.draw("classifier")
    real_weights, generated_weights = weights_of(balance, 0.2)
    real = array(turn.real_labels).mean(axis=0) * real_weights
    made = array(turn.generated_labels).mean(axis=0) * generated_weights
    total = real.mean()
    assert real == pytest.approx([total] * 3, rel=0.06)
    assert made == pytest.approx([0, 0.2 * total, 0.2 * total], rel=0.06)


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("smoothing", [0.0, 0.1, 0.25])
def test_value_of_the_discriminators_loss(loss, smoothing):
    game = built(loss=loss, label_smoothing=smoothing)
    turn = game.draw("classifier")
    expected = {
        "real": judged(game, turn.real, turn.real_labels, 1 - smoothing, loss),
        "generated": judged(game, turn.generated, turn.generated_labels, smoothing, loss),
    }
    assert game.losses("discriminator", turn) == pytest.approx(expected, **CLOSE)


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("misleading", ["own_class", "minorities", "complement"])
@pytest.mark.parametrize("weight", [1.0, 3.0])
def test_value_of_the_generators_loss(loss, misleading, weight):
    """Equation (6), L_i7 with or without L_i8, and L_i9, whose target is never smoothed.

    The complement of Algorithm 1, lines 13-14, has the majority, too.
    """
    settings = {"loss": loss, "misleading": misleading, "adversarial_weight": weight}
    game = built(label_smoothing=0.25, **settings)
    seen = Seen(game.networks["generator"])
    found = game.losses("generator")
    (_, y, _), rows = seen.inputs[0], seen.outputs[0]
    y = y.numpy()
    assert set(y) == {1, 2}
    labels = torch.from_numpy(np.eye(3)[y]).float()
    p = classified(game, rows)
    total = 0.0
    for row, label in zip(p, y):
        for i, m in enumerate(row):
            if i == label:
                total += m**2 if loss == "least_squares" else -np.log(1 - m)
            elif misleading == "complement" or (i != 0 and misleading == "minorities"):
                total += (1 - m) ** 2 if loss == "least_squares" else -np.log(m)
    expected = {
        "classifier": weight * total / len(y),
        "discriminator": judged(game, rows, labels, 1.0, loss),
    }
    assert found == pytest.approx(expected, **CLOSE)


def test_the_papers_networks_are_the_convolutions_of_the_authors_code():
    spec = DataSpec((1, 28, 28), (20, 10))
    model = GAMOClassifier(architecture="paper", combine="features")
    extractor = model._build_networks(spec, [0, 10])["extractor"]
    kinds = [type(m).__name__ for m in extractor.modules() if not list(m.children())]
    stage = ["Conv2d", "LeakyReLU", "AvgPool2d"]
    assert kinds == [*stage, *stage, "Flatten", "Linear", "Tanh"]
    convolutions = [m for m in extractor.modules() if hasattr(m, "kernel_size")][::2]
    assert {(c.out_channels, *c.kernel_size) for c in convolutions} == {(32, 5, 5)}
    with pytest.raises(ValueError, match=r"needs images, and X is a table.*images='flattened'"):
        GAMOClassifier(architecture="paper").fit(np.eye(6), [0, 0, 0, 0, 1, 1])


# draws ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("balance", "real", "made"),
    [
        ("weights", COUNTS, [0, 9, 5]),
        ("batches", [1, 1, 1], [0, 1, 1]),
        (None, COUNTS, LACK),  # Algorithm 1, lines 7 and 10
    ],
)
def test_labels_of_real_and_generated_rows(balance, real, made):
    game = built(balance=balance, batch_size=6000)
    seen = Seen(game.networks["generator"])
    turn = game.draw("classifier")
    for labels, expected in ((turn.real_labels, real), (turn.generated_labels, made)):
        found = array(labels).mean(axis=0)
        assert found == pytest.approx(np.array(expected) / np.sum(expected), abs=0.03)
    assert torch.equal(game.data.y[which_rows(turn.real, game.data)], turn.real_labels.argmax(1))
    assert torch.equal(turn.generated, seen.outputs[0])
    assert not turn.generated.requires_grad
    z, y, rows = seen.inputs[0]
    assert torch.equal(y, turn.generated_labels.argmax(dim=1))
    assert torch.equal(rows, game.data.x[30:])
    # the generator's own labels are uniform over the minority, line 13
    game.losses("generator")
    z, y, _ = seen.inputs[1]
    assert torch.bincount(y) / 6000 == pytest.approx([0, 0.5, 0.5], abs=0.03)
    assert z.shape == (6000, LATENT_DIM) == (6000, 100)
    assert z.std().item() == pytest.approx(1, abs=0.02)
    assert z.mean().item() == pytest.approx(0, abs=0.02)


def test_labels_follow_what_classes_lack():
    torch.manual_seed(0)
    y = built().data.draw_labels(30_000, torch.tensor([0.0, 300.0, 600.0, 100.0]))
    counts = torch.bincount(y).numpy()
    assert counts[0] == 0
    assert np.allclose(counts / 30_000, [0, 0.3, 0.6, 0.1], atol=0.015)


def test_discriminator_sees_the_label():
    game = built()
    turn = game.draw("classifier")
    first = game.losses("discriminator", turn)["real"]
    turn.real_labels = turn.real_labels.roll(1, dims=1)
    assert game.losses("discriminator", turn)["real"] != pytest.approx(first)


@pytest.mark.parametrize(("n_support", "bound"), [(2, 2.0), (3, 2.0), (None, None)])
def test_weights_of_few_rows_are_tilted_by_at_most_two(n_support, bound):
    """Beside the uniform draw, which is known, the logarithm of two weights' ratio is 2 * 2."""
    game = built(n_support=n_support)
    generator = game.networks["generator"].eval()
    with torch.no_grad():
        generator.instances.bias[:9] = torch.tensor([99.0, -99.0] * 5)[:9]
        generator.instances.weight.zero_()
    torch.manual_seed(0)
    index, weights = generator.weights(torch.randn(200, LATENT_DIM), torch.ones(200).long())
    if bound is None:
        assert index is None
        assert weights.shape == (200, 14)
        assert np.allclose(array(weights), np.array([0.2, 0] * 7) * (np.arange(14) < 9))
        return
    assert weights.shape == (200, n_support)
    torch.manual_seed(0)
    torch.randn(200, LATENT_DIM)
    assert torch.equal(index, torch.randint(2**62, (200, n_support)) % 9)
    noise = torch.empty(200, n_support).exponential_().log()
    tilted = array(weights.log() - noise)
    spread = tilted.max(axis=1) - tilted.min(axis=1)
    odd = np.array([len(set(row)) for row in (index % 2).tolist()])
    assert spread[odd == 2] == pytest.approx(2 * bound, abs=1e-3)
    assert spread[odd == 1] == pytest.approx(0, abs=1e-3)
    assert {1, 2} == set(odd)


# players ----------------------------------------------------------------------------------------


def test_a_step_of_one_player_leaves_the_others_unchanged():
    game = built(ema_decay=0.0)
    (phase,) = game.main
    seen = []

    def watched(player):
        def losses(batch, original=player.losses):
            seen.append((player.name, copy.deepcopy(game.networks.state_dict())))
            return original(batch)

        return losses

    for player in phase.players:
        player.losses = watched(player)
    Engine().run(phase)
    assert len(seen) == 3 * phase.max_iter
    for (player, before), (_, after) in pairwise(seen):
        changed = {k.split(".")[0] for k in before if not torch.equal(before[k], after[k])}
        assert changed == {player}


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    ("variant", "players", "generator"),
    [
        ("GAMO", ["classifier", "discriminator", "generator"], ConvexGenerator),
        ("GAMO-D", ["classifier", "generator"], ConvexGenerator),
        ("cG+D", ["classifier", "discriminator", "generator"], ConditionalGenerator),
        ("cG", ["classifier", "generator"], ConditionalGenerator),
    ],
)
def test_players_of_the_ablations(method, variant, players, generator):
    game = built(method, variant=variant)
    assert [player.name for player in game.main[0].players] == players
    assert ("discriminator" in game.networks) == ("discriminator" in players)
    assert type(game.networks["generator"]) is generator
    losses = game.losses("generator")
    assert set(losses) == set(players) - {"generator"}
    assert len(game.networks["rows"].state_dict()) == (1 if generator is ConvexGenerator else 0)


@pytest.mark.parametrize("shape", [None, IMAGE], ids=["table", "image"])
@pytest.mark.parametrize("combine", ["rows", "features"])
@pytest.mark.parametrize("term", ["classifier", "discriminator"])
def test_both_terms_teach_the_generator(shape, combine, term):
    game = built(shape=shape, combine=combine)
    if combine == "features" and shape:
        game.main[0].before_iteration(0)
    game.players["generator"].losses(None)[term].backward()
    weights = dict(game.networks["generator"].named_parameters())
    assert weights["mapping.layers.0.weight"].grad.abs().sum() > 0
    moved = weights["instances.weight"].grad.abs().sum(dim=1) > 0
    assert moved[:9].any()
    assert moved[9:].any()


def test_no_player_but_the_classifier_draws():
    game = built()
    assert [p.name for p in game.main[0].players if p.draw is not None] == ["classifier"]


@pytest.mark.parametrize("decay", [0.0, 0.9])
def test_rates_fall_while_weights_are_averaged(decay):
    (phase,) = built(ema_decay=decay).main
    assert (phase.ema_decay, phase.lr_decay, phase.averaged) == (decay, decay > 0, None)


# images -----------------------------------------------------------------------------------------


def test_on_rows_the_extractor_learns_with_the_classifier():
    game = built(shape=IMAGE)
    names = ["extractor", "classifier"]
    assert game.players["classifier"].networks == {n: game.networks[n] for n in names}
    assert game.main[0].before_iteration is None
    turn = game.draw("classifier")
    assert turn.real.shape == turn.generated.shape == (16, 512)
    assert turn.real.abs().max() < 1  # a hyperbolic tangent
    sum(game.players["classifier"].losses(turn).values()).backward()
    assert all(p.grad is not None for p in game.networks["extractor"].parameters())
    seen = Seen(game.networks["generator"])
    classified_rows = Seen(game.networks["classifier"])
    game.losses("generator")
    features = game.networks["extractor"](seen.outputs[0].view(-1, *IMAGE))
    assert torch.allclose(classified_rows.inputs[0][0], features, atol=1e-6)


def test_value_of_the_extractors_loss():
    """Algorithm 1, lines 3-4: on real rows as they come, each with the same weight."""
    game = built(shape=IMAGE, combine="features", batch_size=3000)
    assert [p.name for p in game.main[0].players] == [
        "extractor",
        "classifier",
        "discriminator",
        "generator",
    ]
    player = game.players["extractor"]
    assert player.networks == {"extractor": game.networks["extractor"]}
    assert game.players["classifier"].networks == {"classifier": game.networks["classifier"]}
    batch = game.draw("extractor")
    assert torch.bincount(batch.y) / 3000 == pytest.approx(COUNTS / 44, abs=0.03)
    batch = type(batch)(batch.x[:20], batch.y[:20])
    p = classified(game, game.networks["extractor"](batch.x))
    expected = told_apart(p, torch.eye(3)[batch.y], "cross_entropy").mean()
    assert game.losses("extractor", batch) == pytest.approx({"real": expected}, **CLOSE)


def test_features_are_taken_anew_once_an_epoch():
    """44 rows in batches of 8, ceil(n / b): after every 6 iterations, and once at the end."""
    game = built(shape=IMAGE, combine="features", max_iter=14, batch_size=8, ema_decay=0)
    (phase,) = game.main
    refreshed, pools = [], []
    extractor, refresh = game.networks["extractor"], phase.before_iteration
    counted = []
    extractor.register_forward_hook(
        lambda net, inputs, out: counted.append(len(out)) if not net.training else None
    )

    def watched(iteration):
        before = len(counted)
        refresh(iteration)
        if len(counted) > before:
            refreshed.append(iteration)
        pools.append(phase.players[1].draw().real)

    phase.before_iteration = watched
    Engine().run(phase)
    assert refreshed == [0, 6, 12]
    assert counted == [44] * 3
    assert len(pools) == 14


def test_combined_features_are_those_of_the_last_refresh():
    game = built(shape=IMAGE, combine="features", batch_size=300)
    game.main[0].before_iteration(0)
    features = game.networks["extractor"](game.data.x).detach()
    turn = game.draw("classifier")
    distance = (turn.real[:, None] - features).abs().amax(dim=2)
    assert distance.amin(dim=1).max() < 1e-5
    assert torch.equal(game.data.y[distance.argmin(dim=1)], turn.real_labels.argmax(dim=1))
    seen = Seen(game.networks["generator"])
    game.losses("generator")
    _, _, rows, starts = seen.inputs[0]
    assert torch.allclose(rows, features, atol=1e-5)
    assert starts.tolist() == [0, 30, 39]


def test_value_of_the_decoders_loss():
    """Divergence plus the squared error summed over pixels, of the class's own rows."""
    game = built(shape=IMAGE, combine="features", max_iter=7)
    phase = game.phases[-1]
    assert (phase.name, phase.max_iter, phase.lr_decay) == ("gamo2pix", 14, True)
    assert [p.name for p in phase.players] == ["class_1", "class_2"]
    features = game.networks["extractor"](game.data.x).detach()
    for i, player in zip((1, 2), phase.players):
        decoder = game.networks["decoders"][str(i)]
        assert player.networks == {f"decoder_{i}": decoder}
        assert player.learning_rate == 3e-3
        index = player.draw()
        assert set(index.tolist()) <= set(range(COUNTS[i]))
        rows = game.data.rows_of(i)
        x, f = game.data.x[rows][index], features[rows][index]
        torch.manual_seed(0)
        decoded, mean, log_variance = map(array, decoder.reconstruct(f))
        torch.manual_seed(0)
        found = {k: v.item() for k, v in player.losses(index).items()}
        variance = np.exp(log_variance)
        expected = {
            "reconstruction": ((decoded - array(x)) ** 2).sum(axis=(1, 2, 3)).mean(),
            "kl": ((mean**2 + variance - 1 - log_variance) / 2).sum(axis=1).mean(),
        }
        assert found == pytest.approx(expected, rel=1e-3)


def test_decoding_phase_keeps_its_arguments():
    game = built(shape=IMAGE, combine="features")
    decoders, features = game.networks["decoders"], torch.zeros(44, 512)
    phase = decoding_phase(decoders, features, game.data, 5, 11, 0.25)
    assert (phase.max_iter, phase.ema_decay) == (5, 0)
    assert [p.learning_rate for p in phase.players] == [0.25, 0.25]
    assert len(phase.players[0].draw()) == 11


# Algorithm 1's schedule -------------------------------------------------------------------------


APART = {"adversarial_weight": None, "generated_weight": None}


def steps_of(game):
    """The steps that each player takes, in order: its name and the terms of its loss."""
    taken, phase = [], game.main[0]
    for player in phase.players:

        def seen(batch, losses=player.losses, name=player.name):
            terms = losses(batch)
            taken.append((name, *terms))
            return terms

        player.losses = seen
    engine = Engine()
    engine.run(phase)
    return taken, engine


def test_separate_steps_are_of_one_term_each_and_all_are_recorded():
    taken, engine = steps_of(built(**APART, max_iter=2))
    assert taken == 2 * [
        ("classifier", "real"),
        ("classifier", "generated"),
        ("discriminator", "real"),
        ("discriminator", "generated"),
        ("generator", "classifier"),
        ("generator", "discriminator"),
    ]
    both = {f"{name}_{term}" for name, term in taken}
    assert all(both < set(record) for record in engine.history)


def test_the_extractor_takes_the_steps_of_an_epoch_first():
    """44 rows, batches of 16: u = v = ceil(44 / 16) = 3."""
    game = built(shape=IMAGE, combine="features", **APART, max_iter=7)
    taken, engine = steps_of(game)
    names = [name for name, *_ in taken]
    others = ["classifier"] * 2 + ["discriminator"] * 2 + ["generator"] * 2
    assert names == 2 * (["extractor"] * 3 + others * 3) + ["extractor"] * 3 + others
    assert all("extractor_real" in record for record in engine.history)


@pytest.mark.parametrize(("size", "epoch"), [(11, 4), (15, 3), (22, 2), (43, 2), (44, 1), (64, 1)])
def test_an_epoch_is_the_rounded_up_number_of_batches(size, epoch):
    """Algorithm 1: u = v = ceil(n / b), of 44 rows."""
    game = built(shape=IMAGE, combine="features", **APART, batch_size=size)
    extractor = game.players["extractor"]
    assert (extractor.n_steps, extractor.every) == (epoch, epoch)


def test_features_follow_the_steps_of_the_extractor():
    game = built(shape=IMAGE, combine="features", **APART, max_iter=1)
    phase = game.main[0]
    before = copy.deepcopy(game.networks["extractor"])
    Engine().run(phase)
    pool = phase.memory["pool"]
    assert torch.allclose(pool, game.networks["extractor"].eval()(game.data.x), atol=1e-5)
    assert not torch.allclose(pool, before.eval()(game.data.x), atol=1e-3)


@pytest.mark.parametrize(
    ("params", "steps"),
    [
        ({"adversarial_weight": None}, [1, 1, 2]),
        ({"generated_weight": None}, [2, 2, 1]),
        ({}, [1, 1, 1]),
    ],
)
def test_each_weight_says_whose_steps_are_apart(params, steps):
    names = [name for name, *_ in steps_of(built(max_iter=1, **params))[0]]
    assert [names.count(name) for name in ("classifier", "discriminator", "generator")] == steps


@pytest.mark.parametrize(("variant", "steps"), [("GAMO-D", 1), ("cG+D", 2)])
def test_a_generator_without_an_opponent_takes_one_step(variant, steps):
    taken, _ = steps_of(built(variant=variant, **APART, max_iter=1))
    assert [name for name, *_ in taken].count("generator") == steps
