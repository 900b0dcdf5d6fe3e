"""The engine: turns, averages, schedules, records."""

import copy
import math
from contextlib import contextmanager
from itertools import pairwise

import pytest
import torch
from torch import nn

from imblearn_gan.networks import MLPFamily
from imblearn_gan.training import Engine, Phase, Player
from tests.samplers import Recorder, labels, tiny
from tests.training.players import At, player


def state_of(network):
    return copy.deepcopy(network.state_dict())


def same(first, second):
    return first.keys() == second.keys() and all(torch.equal(first[k], second[k]) for k in first)


def adding(network, count):
    """A loss whose gradient is one, whatever the weights."""
    return {"loss": network.weight.sum() + count * 0}


# turns ------------------------------------------------------------------------------------------


def test_a_player_without_draw_plays_on_the_batch_before():
    network, drawn, seen = nn.Linear(1, 1), iter("xyzuvw"), []

    def sees(name):
        def losses(batch):
            seen.append((name, batch))
            return {"loss": network.weight.sum()}

        return losses

    def draw():
        return next(drawn)

    players = [
        Player("a", {"n": network}, sees("a")),
        Player("b", {"n": network}, sees("b"), draw),
        Player("c", {"n": network}, sees("c")),
        Player("d", {"n": network}, sees("d"), draw, n_steps=2),
        Player("e", {"n": network}, sees("e"), n_steps=2),
    ]
    Engine().run(Phase("p", players, 2))
    turns = "".join(f"{name}{batch or '-'} " for name, batch in seen)
    assert turns == "a- bx cx dy dz ez ez a- bu cu dv dw ew ew "


def test_a_phase_may_have_no_players():
    done, game = [], Engine()
    game.run(Phase("search", [], 40, done.append))
    assert done == [*range(40)]
    assert game.history[-1] == {"phase": "search", "iteration": 40}
    assert len(game.history) == 20


def test_several_steps_a_turn_are_steps_of_the_optimizer():
    network = nn.Linear(3, 1, bias=False)
    before = network.weight.detach().clone()
    acting = Player("a", {"n": network}, lambda _: adding(network, 1), None, 0.1, n_steps=3)
    Engine().run(Phase("p", [acting], 4))
    assert torch.allclose(before - network.weight, torch.tensor(12 * 0.1), atol=1e-4)


def test_only_the_acting_players_networks_learn():
    first, second = nn.Linear(3, 3), nn.Linear(3, 3)
    x = torch.randn(8, 3)
    moved = []

    def both(_):
        moved.append((state_of(first), state_of(second)))
        return {"loss": second(first(x)).square().mean()}

    players = [Player("a", {"first": first}, both), Player("b", {"second": second}, both)]
    Engine().run(Phase("p", players, 2))
    moved.append((state_of(first), state_of(second)))
    for turn, (before, after) in enumerate(pairwise(moved)):
        learnt, waited = turn % 2, 1 - turn % 2
        assert not same(before[learnt], after[learnt])
        assert same(before[waited], after[waited])


def test_networks_learn_in_training_mode_and_rest_in_evaluation_mode_without_gradients():
    network = nn.Sequential(nn.Linear(3, 1), nn.Dropout()).eval()
    modes = []

    def losses(_):
        modes.append(network.training)
        return {"loss": network(torch.ones(2, 3)).square().mean()}

    Engine().run(Phase("p", [Player("a", {"n": network}, losses)], 2))
    assert modes == [True, True]
    assert not any(module.training for module in network.modules())
    assert all(parameter.grad is None for parameter in network.parameters())


def test_networks_of_a_phase_have_names_and_something_to_learn():
    shared, other = nn.Linear(1, 1), nn.Linear(1, 1)
    players = [
        Player("a", {"shared": shared, "flat": nn.Flatten()}, dict),
        Player("b", {"other": other, "shared": shared}, dict),
    ]
    assert Phase("p", players, 1).networks == {"shared": shared, "other": other}


def test_statistics_of_a_waiting_network_stand_still():
    first = nn.Sequential(nn.Linear(3, 3), nn.BatchNorm1d(3))
    second = nn.Sequential(nn.Linear(3, 3), nn.BatchNorm1d(3))
    x = torch.randn(8, 3) + 5

    def waits(_):
        return {"loss": (first[0].weight * 0).sum()}

    def acts(_):
        return {"loss": second(first(x)).square().mean()}

    before = state_of(first), state_of(second)
    players = [Player("first", {"first": first}, waits), Player("second", {"second": second}, acts)]
    Engine().run(Phase("p", players, 3))
    assert torch.equal(before[0]["1.running_mean"], first[1].running_mean)
    assert torch.equal(before[0]["1.running_var"], first[1].running_var)
    assert not torch.equal(before[1]["1.running_mean"], second[1].running_mean)
    assert second[1].num_batches_tracked == 3
    assert first[1].track_running_stats
    assert second[1].track_running_stats


def test_statistics_are_kept_again_after_an_error():
    network = nn.Sequential(nn.Linear(3, 3), nn.BatchNorm1d(3))
    other = nn.Sequential(nn.Linear(3, 3), nn.BatchNorm1d(3), nn.BatchNorm1d(3))
    other[2].track_running_stats = False  # as its owner wants it

    def fails(_):
        assert not network[1].track_running_stats
        raise ZeroDivisionError

    players = [player("a", network), Player("b", {"b": other}, fails)]
    with pytest.raises(ZeroDivisionError):
        Engine().run(Phase("p", players, 3))
    assert network[1].track_running_stats
    assert other[1].track_running_stats
    assert not other[2].track_running_stats


class FrozenLayer(MLPFamily):
    """A family whose first layer is not to be trained."""

    def decoder(self, spec, n_in):
        """Dense networks."""
        layers = super().decoder(spec, n_in)
        layers[0].requires_grad_(False)
        self.first, self.before = layers[0], state_of(layers[0])
        return layers


def test_frozen_layers_of_the_users_networks_stay():
    family = FrozenLayer()
    X = torch.randn(28, 4).numpy()
    assert len(tiny(architecture=family).fit_resample(X, labels(14, 9, 5))[0]) == 42
    assert same(state_of(family.first), family.before)


# averages ---------------------------------------------------------------------------------------


def test_average_is_the_exponential_moving_average_with_statistics():
    torch.manual_seed(0)
    network = nn.Sequential(nn.Linear(3, 2), nn.BatchNorm1d(2))
    states = []
    collect = At("log", lambda state: states.append(state_of(network)))
    phase = Phase("p", [player("a", network, learning_rate=0.1)], 15, ema_decay=0.6)
    Engine([collect]).run(phase)
    assert len(states) == 15
    averages = {k: v.clone() for k, v in states[0].items()}
    for n, state in enumerate(states[1:], start=1):
        decay = min(0.6, (1 + n) / (10 + n))
        for key, value in state.items():
            if value.is_floating_point():
                averages[key] = decay * averages[key] + (1 - decay) * value
    for key in ("0.weight", "0.bias", "1.weight", "1.running_mean", "1.running_var"):
        assert torch.allclose(network.state_dict()[key], averages[key], atol=1e-5)
        assert not torch.equal(network.state_dict()[key], states[-1][key])
    assert network[1].num_batches_tracked == states[-1]["1.num_batches_tracked"] == 15


@pytest.mark.parametrize(("averaged", "expected"), [(None, {"a", "b"}), (["b"], {"b"}), ([], {})])
def test_networks_that_are_named_are_averaged(averaged, expected):
    networks = {"a": nn.Linear(3, 1), "b": nn.Linear(3, 1)}
    names, last = [], {}

    def note(state):
        names.append(set(state.averages))
        last.update({name: state_of(network) for name, network in networks.items()})

    players = [player(name, network, learning_rate=0.1) for name, network in networks.items()]
    phase = Phase("p", players, 5, ema_decay=0.9, averaged=averaged)
    Engine([At("phase_end", note)]).run(phase)
    assert names == [set(expected)]
    for name, network in networks.items():
        assert same(state_of(network), last[name]) == (name not in expected)


def test_no_average_without_a_decay():
    averages = []
    note = At("log", lambda state: averages.append(dict(state.averages)))
    Engine([note]).run(Phase("p", [player("a", nn.Linear(3, 1))], 2))
    assert averages == [{}, {}]


# schedule ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("lr_decay", [False, True])
def test_learning_rates_fall_along_half_a_cosine(lr_decay):
    network, seen = nn.Linear(1, 1, bias=False), []

    def losses(_):
        seen.append(network.weight.item())
        return adding(network, 1)  # Adam's step is then the learning rate

    acting = Player("a", {"n": network}, losses, learning_rate=0.1, n_steps=2)
    Engine().run(Phase("p", [acting], 10, lr_decay=lr_decay))
    seen.append(network.weight.item())
    expected = [
        0.1 * (0.5 * (1 + math.cos(math.pi * i / 10)) if lr_decay else 1)
        for i in range(10)
        for _ in range(2)
    ]
    assert [a - b for a, b in pairwise(seen)] == pytest.approx(expected, abs=1e-5)


def test_before_iteration_is_told_how_many_are_done():
    done = []
    Engine().run(Phase("p", [player("a", nn.Linear(3, 1))], 4, before_iteration=done.append))
    assert done == [0, 1, 2, 3]


def test_losses_draws_and_what_comes_before_are_computed_in_the_precision():
    network, inside, where = nn.Linear(3, 1), [], []

    @contextmanager
    def precision():
        inside.append(1)
        yield
        inside.pop()

    def losses(_):
        where.append(("losses", len(inside)))
        return {"loss": network.weight.sum()}

    acting = Player("a", {"n": network}, losses, lambda: where.append(("draw", len(inside))))
    phase = Phase(
        "p", [acting], 1, before_iteration=lambda _: where.append(("before", len(inside)))
    )
    Engine(precision=precision).run(phase)
    assert where == [("before", 1), ("draw", 1), ("losses", 1)]


# records ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("max_iter", "interval"), [(7, 1), (45, 2), (2100, 100)])
def test_a_record_holds_the_means_since_the_last(max_iter, interval):
    network, count = nn.Linear(1, 1), iter(range(max_iter))

    def losses(_):
        return {"value": network.weight.sum() * 0 + next(count)}

    engine = Engine()
    engine.run(Phase("p", [Player("a", {"n": network}, losses)], max_iter))
    ends = [*range(interval, max_iter, interval), max_iter]
    assert [record["iteration"] for record in engine.history] == ends
    starts = [0, *ends[:-1]]
    means = [(start + end - 1) / 2 for start, end in zip(starts, ends)]
    assert [record["a_value"] for record in engine.history] == pytest.approx(means)
    assert {record["phase"] for record in engine.history} == {"p"}
    assert engine.n_iter == {"p": max_iter}


def test_iterations_of_phases_of_one_name_add_up():
    engine = Engine()
    for name, n in (("p", 3), ("q", 2), ("p", 4)):
        engine.run(Phase(name, [player("a", nn.Linear(3, 1))], n))
    assert engine.n_iter == {"p": 7, "q": 2}


def test_a_phase_without_iterations_changes_nothing():
    network, recorder = nn.Linear(3, 1), Recorder()
    before = state_of(network)
    engine = Engine([recorder])
    engine.run(Phase("p", [player("a", network)], 0, ema_decay=0.9, lr_decay=True))
    assert same(state_of(network), before)
    assert engine.history == []
    assert recorder.events == [("phase_begin", "p", 0), ("phase_end", "p", 0)]


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_non_finite_loss_stops_with_its_name_phase_and_iteration(bad):
    network, count = nn.Linear(2, 1), iter(range(100))

    def losses(_):
        factor = bad if next(count) == 6 else 1.0
        return {"good": network.weight.mean(), "loss": network.weight.square().sum() * factor}

    engine = Engine(advice=" Or scale.")
    message = rf"'a_loss' became {bad} .*'p' at iteration 7 of 90.*a smaller my_rate, .* Or scale\."
    with pytest.raises(FloatingPointError, match=message):
        engine.run(Phase("p", [Player("a", {"n": network}, losses)], 90, rate_name="my_rate"))
    assert [record["iteration"] for record in engine.history] == [4]


# callbacks --------------------------------------------------------------------------------------


def test_callbacks_see_networks_and_averages_by_name():
    first, second = nn.Linear(3, 1), nn.Linear(3, 1)
    seen = []

    def look(state):
        seen.append((dict(state.networks), dict(state.averages), state.iteration, state.max_iter))

    players = [player("first", first), player("second", second)]
    callbacks = [At(event, look) for event in ("phase_begin", "log", "phase_end")]
    Engine(callbacks).run(Phase("p", players, 2, ema_decay=0.5, averaged=["second"]))
    assert [(iteration, last) for *_, iteration, last in seen] == [(0, 2), (1, 2), (2, 2), (2, 2)]
    for networks, averages, *_ in seen:
        assert networks == {"first": first, "second": second}
        assert list(averages) == ["second"]
        assert averages["second"].module is not second


def test_a_stopped_phase_ends_after_its_iteration_and_the_next_follows():
    stop = At("log", lambda state: state.phase == "p" and state.stop_phase())
    engine = Engine([stop])
    for name in ("p", "q"):
        engine.run(Phase(name, [player("a", nn.Linear(3, 1))], 5))
    assert engine.n_iter == {"p": 1, "q": 5}


def test_a_session_ends_for_all_that_began():
    first, second, third = Recorder(), Recorder(), Recorder()

    def fails():
        raise ZeroDivisionError

    second.on_fit_begin = fails
    with pytest.raises(ZeroDivisionError), Engine([first, second, third]).session():
        pytest.fail("a session must not begin")
    assert first.events == ["fit_begin", "fit_end"]
    assert second.events == ["fit_end"]
    assert third.events == []


def test_a_session_ends_whatever_happens():
    recorder = Recorder()

    def interrupted():
        with Engine([recorder]).session() as engine:
            assert engine.callbacks == [recorder]
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert recorder.events == ["fit_begin", "fit_end"]
