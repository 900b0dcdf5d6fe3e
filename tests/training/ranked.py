"""What each of two ranks does in the tests of ``ranks.py``."""

import hashlib
import io
import os
import re
import signal
from contextlib import redirect_stderr
from datetime import timedelta
from unittest import mock

import numpy as np
import torch
import torch.distributed as dist
from sklearn.base import clone
from torch import nn

from imblearn_gan import (
    CAPGANOversampler,
    CGANOversampler,
    DOSClassifier,
    GAMO2pix,
    GAMOClassifier,
    GAMOOversampler,
    ResNetClassifier,
)
from imblearn_gan.callbacks import (
    Callback,
    Checkpoint,
    EarlyStopping,
    FinishOnInterrupt,
    ProgressBar,
    UtilityStopping,
    WarmStart,
)
from imblearn_gan.training import Engine, Phase, Player, alone, joined, meeting, ranks, torch_scope
from tests.instances import SAMPLERS
from tests.samplers import images, labels, tiny
from tests.training.test_checkpoints import PAUSING

Y = labels(14, 9, 5)
X = np.random.RandomState(0).normal(size=(len(Y), 4))
IMAGES = images(len(Y), 8, 8)
MIDDLE = int(np.argmin(np.abs(X).max(axis=1)))  # in no column the least or largest
CPU = torch.device("cpu")
SMALL = {"max_iter": 4, "batch_size": 8, "random_state": 0}

METHODS = {
    **{type(sampler).__name__: (sampler, X) for sampler in SAMPLERS},
    "GAMO on features": (GAMOOversampler(combine="features", **SMALL), IMAGES),
    "ensemble": (CAPGANOversampler(pretraining="ensemble", pretrain_iter=4, **SMALL), X),
    "rejection": (CGANOversampler(spectral_norm=True, reject=True, **SMALL), X),
    "images": (CGANOversampler(**SMALL), IMAGES),
    "GAMOClassifier": (GAMOClassifier(**SMALL), IMAGES),
    "DOSClassifier": (DOSClassifier(pretrain_iter=4, **SMALL), X),
    "GAMO2pix": (GAMO2pix(nn.Flatten(), **SMALL), IMAGES),
    "ResNetClassifier": (ResNetClassifier(width=2, max_epochs=1, random_state=None), IMAGES),
    "no random_state": (CGANOversampler(**SMALL | {"random_state": None}), X),
    "repeats alone": (CGANOversampler(**SMALL | {"random_state": None, "replay": 1.0}), X),
}


def rank():
    """The number of this process."""
    return int(os.environ["RANK"])


def digest(*networks):
    """A number for all values of networks."""
    values = [v.cpu().numpy().tobytes() for n in networks for v in n.state_dict().values()]
    return hashlib.sha256(b"".join(values)).hexdigest()


class Seen(Callback):
    """Remembers networks at each event, before ranks are made the same at the phase's end."""

    def __init__(self):
        self.states = []

    def _note(self, state):
        networks = [*state.networks.values(), *state.averages.values()]
        self.states.append((state.phase, state.iteration, digest(*networks)))

    on_phase_begin = on_log = on_phase_end = _note


def trained(estimator, rows):
    """Train, and return what must be the same on all ranks."""
    seen = Seen()
    estimator = clone(estimator)
    if "callbacks" in estimator.get_params():
        estimator.set_params(callbacks=[*(estimator.callbacks or ()), seen])
    if hasattr(estimator, "fit_resample"):
        result = estimator.fit_resample(rows, Y)[0]
    elif hasattr(estimator.fit(rows, Y), "predict_proba"):
        result = estimator.predict_proba(rows)
    else:
        result = estimator.transform(rows)
    networks = digest(estimator.networks_) if hasattr(estimator, "networks_") else None
    return {
        "states": seen.states,
        "networks": networks,
        "rows": np.asarray(result),
        "history": estimator.history_,
    }


def all_methods():
    """Train each method."""
    return {name: trained(*method) for name, method in METHODS.items()}


def on_gpus(backend):
    """Train on the GPU of the rank."""
    with mock.patch.dict(ranks._BACKENDS, cuda=backend):
        sampler = CGANOversampler(device="cuda", ema_decay=0.9, **SMALL)
        model = DOSClassifier(device="cuda", pretrain_iter=4, **SMALL)
        return {"images": trained(sampler, IMAGES), "DOS": trained(model, X)}


# engine -------------------------------------------------------------------------------------------


def players(x, losses):
    """A network, and the player that learns from rows x."""
    torch.manual_seed(3)
    network = nn.Linear(3, 2)
    player = Player("a", {"n": network}, lambda _: {"loss": losses(network, x)}, learning_rate=0.1)
    return network, player


def linear(network, x):
    """A loss whose gradient is the same whatever the weights."""
    return network(x).mean()


def squared(network, x):
    """One whose gradient is not."""
    return (network(x) - 1).square().mean()


def played(x, losses, n_iter=5):
    """Play alone on all rows."""
    network, player = players(x, losses)
    engine = Engine()
    engine.run(Phase("p", [player], n_iter))
    return network.state_dict(), engine.history


def played_together(x, losses, n_iter=5):
    """Play on half of the rows on each rank."""
    network, player = players(x[rank() :: 2], losses)
    with meeting():
        engine = Engine(ranks=joined(CPU))
        engine.run(Phase("p", [player], n_iter))
    return network.state_dict(), engine.history


def draws():
    """Numbers drawn before, in and after a phase, and the weights that both began with."""
    found = {"in": []}
    torch.manual_seed(rank())
    network = nn.Linear(1, 1)

    def losses(_):
        found["in"].append(torch.rand(()).item())
        found.setdefault("weight", network.weight.item())
        return {"loss": network.weight.sum()}

    with meeting(), torch_scope(5, CPU):
        engine = Engine(ranks=joined(CPU))
        found["before"] = torch.rand(()).item()
        engine.run(Phase("p", [Player("a", {"n": network}, losses)], 3))
        found["after"] = torch.rand(()).item()
    return found


def one_has_no_gradient():
    """Only the other rank's rows reach the second layer."""
    torch.manual_seed(0)
    network = nn.ModuleList([nn.Linear(1, 1), nn.Linear(1, 1)])

    def losses(_):
        return {"loss": network[rank()].weight.sum()}

    before = [layer.weight.item() for layer in network]
    with meeting():
        player = Player("a", {"n": network}, losses, learning_rate=0.1)
        Engine(ranks=joined(CPU)).run(Phase("p", [player], 2))
    return before, [layer.weight.item() for layer in network]


# decisions ----------------------------------------------------------------------------------------


class OnOneRank(Callback):
    """Does something on rank 1, at a record."""

    def __init__(self, act, at=2):
        self.act, self.at = act, at

    def on_log(self, state):
        if rank() == 1 and state.iteration >= self.at:
            self.act(state)


def fails(_):
    """Fail."""
    raise ZeroDivisionError


def interrupted(_):
    """Press Ctrl-C."""
    os.kill(os.getpid(), signal.SIGINT)


def decisions():
    """How long trainings are that one rank, or a score, ends."""

    def n_iter(callback, sampler=tiny):
        fitted = sampler(max_iter=60, callbacks=[callback])
        fitted.fit_resample(X, Y)
        return fitted.n_iter_

    utility = UtilityStopping(patience=2, every=1)
    early = EarlyStopping("generator_real", patience=1, min_delta=0.05)
    return {
        "one rank": n_iter(OnOneRank(lambda state: state.stop_phase())),
        "early": (n_iter(early), early.best_iteration_),
        "utility": (n_iter(utility, CGANOversampler), utility.scores_),
        "interrupt": n_iter_with_ctrl_c(),
    }


def n_iter_with_ctrl_c():
    """Iterations of a training that Ctrl-C reaches on one rank, in the midst of an iteration."""
    sampler = tiny(max_iter=200, callbacks=[FinishOnInterrupt()])
    phases, calls = sampler._phases, []

    def with_ctrl_c(networks, data):
        for phase in phases(networks, data):
            losses = phase.players[0].losses

            def heard(batch, losses=losses):
                calls.append(1)
                if rank() == 1 and len(calls) == 7:
                    interrupted(None)
                return losses(batch)

            phase.players[0].losses = heard
            yield phase

    sampler._phases = with_ctrl_c
    sampler.fit_resample(X, Y)
    return sampler.n_iter_


# failures -----------------------------------------------------------------------------------------


def message_of(function):
    """What a call raises."""
    try:
        function()
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return None


def failures():
    """What both ranks hear where one fails."""

    def fit(rows=X, **params):
        return tiny(**params).fit_resample(rows, Y)

    changed = np.where(np.arange(len(X))[:, None] == MIDDLE, 0.5 * X, X) if rank() else X
    return {
        "callback": message_of(lambda: fit(callbacks=[OnOneRank(fails)])),
        "rows": message_of(lambda: fit(changed)),
        "ranges": message_of(lambda: fit(X + rank())),
        "parameter": message_of(lambda: fit(learning_rate=0.1 * (1 + rank()))),
    }


def after_failures():
    """A training after one that failed."""
    message_of(lambda: tiny(callbacks=[OnOneRank(fails)]).fit_resample(X, Y))
    own = np.random.RandomState(rank())
    return tiny(random_state=own).fit_resample(X, Y)[0], dist.is_initialized()


def absent():
    """What a rank hears whose other one does not come."""
    with mock.patch.object(ranks, "PATIENCE", timedelta(seconds=2)):
        return message_of(lambda: tiny().fit_resample(X, Y))


def first_rank_alone():
    """The first rank trains while the other one does not."""
    if rank():
        return None
    with alone():
        return tiny().fit_resample(X, Y)[0]


# files --------------------------------------------------------------------------------------------


class Stop(Callback):
    """Ctrl-C on all ranks at a record."""

    def __init__(self, n):
        self.n = n

    def on_log(self, state):
        self.n -= 1
        if self.n < 0:
            raise KeyboardInterrupt


def resumed(folder, estimator, rows):
    """A training that was stopped twice, and one that was not."""

    def fit(*callbacks):
        return trained(clone(estimator).set_params(callbacks=[*callbacks]), rows)

    expected = fit()
    for n in (3, 4):
        try:
            fit(Checkpoint(folder, every=1), Stop(n))
        except KeyboardInterrupt:
            continue
    return fit(Checkpoint(folder, every=1)), expected


def warm():
    """Two calls, the second of which goes on."""
    sampler = CGANOversampler(max_iter=5, random_state=0, callbacks=[WarmStart()])
    sampler.fit_resample(X, Y)
    rows = sampler.fit_resample(X, Y)[0]
    return rows, sampler.n_iter_, digest(sampler.networks_)


def shown():
    """What is written to the screen."""
    with redirect_stderr(io.StringIO()) as text:
        tiny(verbose=1, callbacks=[ProgressBar()]).fit_resample(X, Y)
    return re.findall("adversarial", text.getvalue())


def initialised_by_user(path):
    """A training in a group of the user's, which is left as it was."""
    dist.init_process_group("gloo", init_method=f"file://{path}", rank=rank(), world_size=2)
    try:
        rows = tiny().fit_resample(X, Y)[0]
        total = torch.ones(1)
        dist.all_reduce(total)
        return rows, total.item()
    finally:
        dist.destroy_process_group()


def plain():
    """A training under torchrun's variables."""
    rows = tiny().fit_resample(X, Y)[0]
    return rows, dist.is_initialized()


# all of it ----------------------------------------------------------------------------------------

ROWS = torch.arange(24.0).reshape(8, 3).roll(5) / 4  # sums of these are exact


def everything(folder):
    """Do what needs no processes of its own, one after the other."""
    return {
        "methods": all_methods(),
        "linear": played_together(ROWS, linear),
        "squared": played_together(ROWS, squared),
        "draws": draws(),
        "gradients": one_has_no_gradient(),
        "decisions": decisions(),
        "failures": failures(),
        "after failures": after_failures(),
        "alone": first_rank_alone(),
        "resumed": resumed(folder / "a", CGANOversampler(max_iter=10, random_state=0), X),
        "resumed in a pause": resumed(folder / "b", PAUSING, IMAGES),
        "warm": warm(),
        "shown": shown(),
        "plain": plain(),
    }
