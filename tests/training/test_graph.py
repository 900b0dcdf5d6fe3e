"""Iterations that a graph can hold: nothing in them waits for the host, seen without a GPU."""

from contextlib import contextmanager

import numpy as np
import pandas as pd
import pytest
import torch
from sklearn.base import clone
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from imblearn_gan import (
    BAGANGPOversampler,
    BAGANOversampler,
    CAPGANOversampler,
    CGANOversampler,
    GAMO2pix,
    GAMOClassifier,
    GAMOOversampler,
    _estimator,
)
from imblearn_gan.networks import ConvexGenerator, MLPFamily
from imblearn_gan.seeding import own_draws
from imblearn_gan.training import (
    Engine,
    Phase,
    Player,
    capture,
    captures,
    engine,
    precision,
    torch_scope,
)
from imblearn_gan.training.graph import N_WARM_UP, CapturedIteration, Watch
from tests.instances import CLASSIFIERS, SAMPLERS
from tests.samplers import images, labels, tiny
from tests.training import graphs
from tests.training.players import At, player

CPU = torch.device("cpu")
Y = labels(14, 9, 5)
TABLE = np.random.RandomState(0).normal(size=(len(Y), 4))
IMAGES = images(len(Y), 3, 8, 8)
FRAME = pd.DataFrame(TABLE).rename(columns="x{}".format)
FRAME["kind"] = pd.Categorical(np.array(["u", "v", "w"])[np.arange(len(Y)) % 3])


class Host(TorchFunctionMode):
    """Notes functions that take values to the host, or bring some from there."""

    functions = frozenset(
        (
            *(
                Tensor.cpu,
                Tensor.numpy,
                Tensor.tolist,
                Tensor.item,
                Tensor.nonzero,
                Tensor.__bool__,
            ),
            *(Tensor.__int__, Tensor.__float__, Tensor.__index__, Tensor.__array__),
            *(torch.tensor, torch.as_tensor, torch.from_numpy, torch.nonzero),
        )
    )

    def __init__(self):
        super().__init__()
        self.found = []

    def __torch_function__(self, function, types, args=(), kwargs=None):
        to_host = function is Tensor.to and any(arg in ("cpu", CPU) for arg in args[1:])
        if function in self.functions or to_host:
            self.found.append(function.__name__)
        return function(*args, **(kwargs or {}))


@pytest.fixture
def elsewhere(monkeypatch):
    """The CPU passes for another device, where all rows lie."""
    monkeypatch.setattr(ConvexGenerator, "_class_by_class", ConvexGenerator._all_at_once)
    monkeypatch.setattr(_estimator, "captures", lambda _: True)
    estimator = _estimator.NetworkEstimator
    monkeypatch.setattr(estimator, "_encoded", lambda self, X: self.codec_.encode_compact(X))


@pytest.fixture
def found(monkeypatch, elsewhere):
    """What iterations called that makes one wait; on a CPU that passes for another device."""
    calls = []

    class Watched:
        def __init__(self, iteration, *_):
            self.iteration = iteration

        def __call__(self, *args):
            with Watch(CPU) as watch, Host() as host:
                losses = self.iteration(*args)
            calls.append([*watch.found, *host.found])
            return losses

    monkeypatch.setattr(engine, "CapturedIteration", Watched)
    return calls


GAMO = {"max_iter": 3, "batch_size": 16, "random_state": 0}
IN_OTHER_WAYS = [
    GAMOOversampler(combine="features", **GAMO),
    GAMOOversampler(n_support=None, misleading="complement", **GAMO),
    GAMOOversampler(variant="cG+D", balance="batches", **GAMO),
    GAMOClassifier(generated_weight=None, adversarial_weight=None, loss="least_squares", **GAMO),
    GAMO2pix(torch.nn.Flatten(), max_iter=3, random_state=0),
]

OTHER_METHODS = [
    CGANOversampler(reject=True, spectral_norm=True, loss="hinge", conditioning="concatenation"),
    CGANOversampler(augmentation=["mirror", "translation", "color", "cutout", "noise"]),
    BAGANOversampler(codes="gaussian", noise_weight=0.5, balance=None),
    BAGANGPOversampler(autoencoder="unsupervised", codes="normal", balance="labels"),
    CAPGANOversampler(pretraining="ensemble"),
]


def fitted(estimator, rows, n_iter=3):
    budgets = {"max_iter": n_iter, "pretrain_iter": n_iter}
    known = estimator.get_params()
    model = clone(estimator).set_params(**{k: v for k, v in budgets.items() if k in known})
    (model.fit_resample if hasattr(model, "fit_resample") else model.fit)(rows, Y)
    return model


@pytest.mark.parametrize("rows", [TABLE, IMAGES, FRAME], ids=["table", "images", "frame"])
@pytest.mark.parametrize("estimator", [*SAMPLERS, *CLASSIFIERS], ids=lambda e: type(e).__name__)
def test_nothing_in_an_iteration_waits(estimator, rows, found):
    fitted(estimator, rows)
    assert len(found) >= 3
    assert set().union(*found) == set()


@pytest.mark.filterwarnings("ignore:.*rows still look like another class")  # after so few updates
@pytest.mark.parametrize("estimator", [*IN_OTHER_WAYS, *OTHER_METHODS], ids=str)
def test_nothing_in_an_iteration_waits_in_other_ways(estimator, found):
    fitted(estimator, IMAGES)
    assert set().union(*found) == set()


@pytest.mark.parametrize(
    "waits",
    [
        lambda x: x.mean().item(),
        lambda x: bool((x > 0).all()),
        lambda x: x.tolist(),
        lambda x: x.nonzero(),
        lambda x: x[x > 0],
        lambda x: x.unique(),
        lambda x: x.masked_select(x > 0),
        lambda x: x.long().bincount(),
        lambda x: x.index_put_((x > 0,), torch.ones(3)),
    ],
)
def test_what_waits_is_found(waits):
    x = torch.arange(4.0)
    with Watch(CPU) as watch, Host() as host:
        waits(x)
    assert watch.found or host.found


def test_tensors_of_another_device_are_found():
    x = torch.zeros(3, device="meta")
    with Watch(x.device) as watch:
        x + x.exp().sum() * 2
    assert not watch.found
    with Watch(x.device) as watch:
        x + torch.ones(())
    assert watch.found


# captured, and replayed ---------------------------------------------------------------------------


@pytest.fixture
def played(monkeypatch, elsewhere):
    """What played the phases of a training, on a CPU that captures and replays."""
    graphs.on_cpu(monkeypatch)
    made = []

    class Remembered(CapturedIteration):
        def __init__(self, *args):
            super().__init__(*args)
            made.append(self)

    monkeypatch.setattr(engine, "CapturedIteration", Remembered)
    return made


def assert_replays_are_as_iterations(estimator, rows, played, monkeypatch):
    with precision("float32"):
        model = fitted(estimator, rows, 10)
    assert [iteration.refused for iteration in played] == [""] * len(played)
    assert all(iteration._graph.n_replays >= 10 - N_WARM_UP for iteration in played)
    monkeypatch.setattr(_estimator, "captures", lambda _: False)
    with precision("float32"):
        same = fitted(estimator, rows, 10)
    for one, other in zip(model.history_, same.history_, strict=True):
        np.testing.assert_allclose([*one.values()][2:], [*other.values()][2:], rtol=1e-3, atol=1e-4)
    for name, weights in model.networks_.state_dict().items():
        expected = same.networks_.state_dict()[name]
        torch.testing.assert_close(weights, expected, rtol=1e-2, atol=1e-3, msg=name)


@pytest.mark.parametrize("rows", [TABLE, IMAGES], ids=["table", "images"])
@pytest.mark.parametrize("estimator", [*SAMPLERS, *CLASSIFIERS], ids=lambda e: type(e).__name__)
def test_replays_are_as_iterations(estimator, rows, played, monkeypatch):
    assert_replays_are_as_iterations(estimator, rows, played, monkeypatch)


@pytest.mark.parametrize("estimator", IN_OTHER_WAYS, ids=str)
def test_replays_are_as_iterations_in_other_ways(estimator, played, monkeypatch):
    assert_replays_are_as_iterations(estimator, IMAGES, played, monkeypatch)


def run(phase, use=True, *callbacks):
    """The history of a phase, and what is drawn after it."""
    with torch_scope(0, CPU):
        game = Engine(callbacks, capture=use)
        game.run(phase)
        return game.history, torch.rand(2, **own_draws(CPU)).tolist()


def noise(also=lambda drawn: drawn):
    """A phase of one player whose loss is drawn, and a network that does not learn."""
    network = nn.Linear(1, 1)

    def losses(_):
        drawn = torch.randn(16, **own_draws(CPU)) + torch.rand(16)
        return {"loss": also(drawn).square().mean() + 0 * network.weight.sum()}

    return Phase("p", [Player("a", {"n": network}, losses)], 20)


def test_each_replay_draws_anew(played):
    history, after = run(noise())
    assert played[0].is_captured
    assert len({record["a_loss"] for record in history}) == 20
    assert (history, after) == run(noise(), False)


@pytest.mark.parametrize("also", [lambda x: x * x.mean().item(), lambda x: x[x > 0]])
def test_what_waits_is_played_as_it_comes(also, played):
    assert run(noise(also)) == run(noise(also), False)
    assert played[0].refused
    assert not played[0].is_captured


class Counting(nn.Module):
    """A layer that puts a new tensor in the place of its statistics."""

    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(1))
        self.register_buffer("n", torch.zeros(1))

    def forward(self, x):
        self.n = self.n + 1
        return x * self.weight + self.n


def test_statistics_that_move_are_no_part_of_a_graph(played):
    network = Counting()
    acting = Player("a", {"n": network}, lambda _: {"loss": network(torch.ones(2)).mean()})
    run(Phase("p", [acting], 20))
    assert played[0].refused == "statistics that move"
    assert network.n == 20


def test_a_capture_that_fails_leaves_no_trace(played, monkeypatch):
    @contextmanager
    def fails(graph, **_):
        with graphs.captured(graph):
            yield
        raise RuntimeError("operation not permitted when stream is capturing")

    monkeypatch.setattr(torch.cuda, "graph", fails)
    assert run(noise()) == run(noise(), False)
    assert played[0].refused == "RuntimeError: operation not permitted when stream is capturing"


def test_who_pauses_is_played_as_it_comes(played):
    def weights(use):
        torch.manual_seed(0)
        first, second = nn.Linear(3, 1), nn.Linear(3, 1)
        players = [player("a", first, every=3), player("b", second)]
        history, _ = run(Phase("p", players, 30), use)
        return history, first.weight.detach(), second.weight.detach()

    one, other = weights(True), weights(False)
    assert played[0]._graph.n_replays == 20 - N_WARM_UP
    for record, expected in zip(one[0], other[0], strict=True):
        assert [*record.values()][1:] == pytest.approx([*expected.values()][1:], rel=1e-4)
    torch.testing.assert_close(one[1:], other[1:])


def test_rates_and_averages_move_on(played):
    def weights(use):
        network, seen = nn.Linear(3, 1, bias=False), []
        nn.init.zeros_(network.weight)
        acting = Player("a", {"n": network}, lambda _: {"loss": network.weight.sum()}, None, 0.1)
        end = At("phase_end", lambda _: seen.append(network.weight.detach().clone()))
        run(Phase("p", [acting], 30, ema_decay=0.9, lr_decay=True), use, end)
        return seen[0], network.weight.detach()

    one, other = weights(True), weights(False)
    assert played[0].is_captured
    torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-6)
    assert not torch.allclose(*one)


def test_what_is_remembered_is_renewed(played):
    def losses_and_memory(use):
        network, memory = nn.Linear(1, 1), {}

        def find(iteration):
            if iteration % 4 == 0:
                memory["aim"] = torch.full((1,), float(iteration))

        def losses(_):
            return {"loss": memory["aim"].sum() + 0 * network.weight.sum()}

        phase = Phase("p", [Player("a", {"n": network}, losses)], 20, find, memory=memory)
        return [record["a_loss"] for record in run(phase, use)[0]], memory["aim"].item()

    assert losses_and_memory(True) == losses_and_memory(False)
    assert played[0].is_captured


def test_callbacks_may_move_networks(played):
    def weights(use):
        torch.manual_seed(0)
        network = nn.Linear(3, 1)

        def move(state):
            if state.iteration == 10:
                for weight in network.parameters():
                    weight.data = weight.data.clone()

        run(Phase("p", [player("a", network, 1.0)], 20), use, At("log", move))
        return network.weight.detach()

    torch.testing.assert_close(weights(True), weights(False))
    assert played[0]._graph.n_replays == 20 - 10 - N_WARM_UP


# where ------------------------------------------------------------------------------------------


def test_only_cuda_captures_and_only_where_it_may(monkeypatch):
    cuda = torch.device("cuda:0")
    assert captures(cuda)
    assert not captures(CPU)
    with capture(False):
        assert not captures(cuda)
        with capture(True):
            assert captures(cuda)
    assert captures(cuda)
    monkeypatch.setattr(torch.distributed, "is_initialized", lambda: True)
    assert not captures(cuda)


def test_games_and_networks_of_ones_own_are_played_as_they_come(played):
    CGANOversampler(max_iter=6).fit_resample(TABLE, Y)
    assert len(played) == 1
    CGANOversampler(max_iter=6, architecture=MLPFamily()).fit_resample(TABLE, Y)
    tiny().fit_resample(TABLE, Y)
    assert len(played) == 1
