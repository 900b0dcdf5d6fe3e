"""More iterations: what was trained goes on, in memory, from a file and from a checkpoint."""

import pickle
import warnings

import numpy as np
import pandas as pd
import pytest
import torch
from sklearn.base import clone
from torch import nn

import imblearn_gan
from imblearn_gan import (
    BAGANOversampler,
    CGANOversampler,
    DOSClassifier,
    GAMO2pix,
    GAMOClassifier,
    GAMOOversampler,
    GANOversampler,
)
from imblearn_gan.callbacks import Checkpoint, UtilityStopping, WarmStart
from imblearn_gan.training import Continuation
from imblearn_gan.training.keepers import restore
from tests.instances import SAMPLERS
from tests.samplers import Recorder, images, labels, tiny
from tests.training.players import At
from tests.training.test_checkpoints import METHODS, PAUSING, Stop, fitted

Y = labels(14, 9, 5)
X = np.random.RandomState(0).normal(size=(len(Y), 4))
IMAGES = images(len(Y), 8, 8)
#: Methods that have a schedule over all iterations, or play several games one after the other.
SCHEDULED = (GAMOOversampler, GAMOClassifier, DOSClassifier, GANOversampler)


def warm(estimator, **params):
    return clone(estimator).set_params(callbacks=[WarmStart()], **params)


def small(**params):
    return CGANOversampler(**{"max_iter": 3, "batch_size": 8, "random_state": 0} | params)


def weights_of(estimator):
    return {k: v.clone() for k, v in estimator.networks_.state_dict().items()}


def assert_same_weights(one, other):
    assert one.keys() == other.keys()
    for name, value in one.items():
        assert torch.equal(value, other[name]), name


# what goes on -------------------------------------------------------------------------------------


@pytest.mark.parametrize("n", range(len(METHODS)))
def test_two_calls_are_one_of_all_iterations(n):
    estimator, rows = METHODS[n]
    two = warm(estimator, max_iter=3)
    first = fitted(two, rows)
    pretrained = {r["phase"] for r in first[1]} & {"pretrain"}
    recorder = Recorder()
    two.set_params(max_iter=5, callbacks=[WarmStart(), recorder])
    second = fitted(two, rows)
    main = {r["phase"] for r in first[1]} - {"pretrain", "gamo2pix", "rejection"}
    assert {event[1] for event in recorder.events[1:-1]} & main == main
    assert not {event[1] for event in recorder.events[1:-1]} & pretrained
    assert two.n_iter_ == 8 * len(main)
    whole = clone(estimator).set_params(max_iter=8)
    fitted(whole, rows)
    if not isinstance(estimator, SCHEDULED) and not getattr(estimator, "reject", False):
        assert_same_weights(weights_of(two), weights_of(whole))
        assert two.history_ == whole.history_
    assert not np.array_equal(second[0], first[0])


@pytest.mark.parametrize("layout", [torch.contiguous_format, torch.channels_last])
def test_moments_lie_as_the_weights_that_they_go_on_with(layout):
    """Fused steps go through memory: moments in another order would be those of other weights."""

    def learner(weight, layout):
        weight = nn.Parameter(weight.clone(memory_format=layout))
        return weight, torch.optim.Adam([weight], lr=0.1, fused=True)

    def step(weight, optimizer, grad):
        weight.grad = torch.empty_like(weight).copy_(grad)
        optimizer.step()

    weight, *grads = torch.randn(3, 2, 3, 4, 4)
    first, optimizer = learner(weight, torch.contiguous_format)
    step(first, optimizer, grads[0])
    other, second = learner(first.detach(), layout)
    restore(second, optimizer.state_dict())
    for one, its in ((first, optimizer), (other, second)):
        step(one, its, grads[1])
    torch.testing.assert_close(other, first)


@pytest.mark.parametrize("n", range(len(METHODS)))
def test_a_stored_object_goes_on(n, tmp_path):
    estimator, rows = METHODS[n]
    one = warm(estimator)
    fitted(one, rows)
    one.save(tmp_path / "stored")
    loaded = imblearn_gan.load(tmp_path / "stored").set_params(callbacks=[WarmStart()])
    unpickled = pickle.loads(pickle.dumps(one))
    expected = fitted(one, rows)
    for other in (loaded, unpickled):
        got = fitted(other, rows)
        np.testing.assert_array_equal(got[0], expected[0])
        assert got[1:] == expected[1:]


def test_who_pauses_is_recorded_from_the_first_iteration_on():
    """The second call begins in the middle of an epoch; F's next turn is in the fifth iteration."""
    model = warm(PAUSING, max_iter=3)
    for _ in range(2):
        model.fit(IMAGES, Y)
    losses = [record["extractor_real"] for record in model.history_]
    assert losses[3] == losses[2]
    assert losses[4] != losses[3]


def test_what_has_no_losses_left_goes_on():
    """What an earlier version has left."""
    model, other = warm(PAUSING), warm(PAUSING)
    for each in (model, other):
        each.fit(IMAGES, Y)
    del other._training["phases"][0]["losses"]
    for each in (model, other):
        each.fit(IMAGES, Y)
    assert_same_weights(weights_of(model), weights_of(other))


def test_images_from_features_go_on():
    model = GAMOClassifier(max_iter=2, batch_size=8, random_state=0).fit(IMAGES, Y)
    decoder = warm(GAMO2pix(model.networks_["extractor"], max_iter=2, random_state=0))
    before = weights_of(decoder.fit(IMAGES, Y))
    after = weights_of(decoder.fit(IMAGES, Y))
    assert decoder.n_iter_ == 4
    assert any(not torch.equal(before[name], after[name]) for name in before)


def test_a_third_call_goes_on_too():
    three = warm(small())
    for _ in range(3):
        three.fit_resample(X, Y)
    whole = small(max_iter=9)
    whole.fit_resample(X, Y)
    assert_same_weights(weights_of(three), weights_of(whole))


def test_added_rows_continue_the_stream():
    sampler = warm(small(replay=0.0))
    sampler.fit_resample(X, Y)
    other = pickle.loads(pickle.dumps(sampler))
    other.sample({1: 5})
    n = len(Y)
    one, two = (s.fit_resample(X, Y)[0][n:] for s in (sampler, other))
    assert_same_weights(weights_of(sampler), weights_of(other))
    assert not np.array_equal(one, two)


def test_other_rows_of_the_same_kind():
    frame = pd.DataFrame(X, columns=list("abcd")).assign(word=list("xy") * 14)
    sampler = warm(small(replay=0.0))
    sampler.fit_resample(frame, Y)
    more = frame.iloc[:20].assign(word="new", a=100.0)
    with pytest.warns(UserWarning, match=r"far outside .* in columns \['a'\]: "):
        X_res, _ = sampler.fit_resample(more, Y[:20])
    assert X_res.iloc[:20].equals(more.reset_index(drop=True))
    made = X_res.iloc[20:]
    assert set(made["word"]) <= {"x", "y"}
    assert made["a"].max() <= X[:, 0].max()


@pytest.mark.parametrize(
    ("estimator", "rows", "y"),
    [
        # of other rows, and of more: indices of neighbours would not be theirs
        (DOSClassifier(pretrain_iter=1), np.concatenate([IMAGES, IMAGES // 2]), np.tile(Y, 2)),
        (GAMOOversampler(combine="features"), IMAGES // 2, Y),
    ],
    ids=["DOS", "GAMO"],
)
def test_what_is_taken_once_an_epoch_is_taken_of_the_new_rows(estimator, rows, y):
    """Two iterations of three are over: features of the first rows would be in use."""
    estimator = warm(estimator, max_iter=2, batch_size=8, random_state=0)
    fitted(estimator, IMAGES)
    left = estimator._training["phases"][-1 if isinstance(estimator, DOSClassifier) else 0]
    memories, original = [], Continuation.go_on

    def go_on(self, phase, *args):
        original(self, phase, *args)
        memories.append({name: value.clone() for name, value in phase.memory.items()})

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Continuation, "go_on", go_on)
        fitted(estimator, rows, y)
    assert memories[0].keys() == left["memory"].keys()
    for name, value in memories[0].items():
        assert len(value) == len(y)
        if value.is_floating_point():
            assert not torch.equal(value[: len(Y)], left["memory"][name])


def test_parameters_that_may_change():
    """A tiny learning rate is that of the optimizers that go on."""
    sampler = warm(tiny())
    sampler.fit_resample(X, Y)
    before = weights_of(sampler)
    sampler.set_params(learning_rate=1e-12, batch_size=4, random_state=None, replay=0.5)
    sampler.set_params(sampling_strategy={1: 20, 2: 6}).fit_resample(X, Y)
    for name, value in weights_of(sampler).items():
        assert torch.allclose(value, before[name], rtol=0, atol=1e-8)
    sampler.set_params(learning_rate=0.1).fit_resample(X, Y)
    assert any(not torch.allclose(v, before[k], atol=1e-3) for k, v in weights_of(sampler).items())


@pytest.mark.parametrize("anew", ["clone", "no callback"])
def test_who_wants_a_new_training_gets_one(anew):
    sampler = warm(small())
    expected = sampler.fit_resample(X, Y)[0]
    again = clone(sampler) if anew == "clone" else sampler.set_params(callbacks=None)
    np.testing.assert_array_equal(again.fit_resample(X, Y)[0], expected)
    assert again.n_iter_ == 3
    assert hasattr(again, "_training") == (anew == "clone")  # nothing is kept unless asked for


def test_fit_leaves_what_was_trained():
    sampler = warm(small())
    sampler.fit_resample(X, Y)
    before = sampler.sample({1: 3}, random_state=0)[0]
    np.testing.assert_array_equal(sampler.fit(X, Y).sample({1: 3}, random_state=0)[0], before)
    sampler.fit_resample(X, Y)
    assert sampler.n_iter_ == 6


def test_what_fails_can_be_tried_again():
    def fails(state):
        if state.iteration == 5:
            raise MemoryError

    one, other = (warm(small()) for _ in range(2))
    for sampler in (one, other):
        sampler.fit_resample(X, Y)
    one.set_params(callbacks=[WarmStart(), At("log", fails)])
    before = one.sample({1: 3}, random_state=0)[0]
    with pytest.raises(MemoryError):
        one.fit_resample(X, Y)
    np.testing.assert_array_equal(one.sample({1: 3}, random_state=0)[0], before)
    one.set_params(callbacks=[WarmStart()])
    np.testing.assert_array_equal(one.fit_resample(X, Y)[0], other.fit_resample(X, Y)[0])


# with a checkpoint --------------------------------------------------------------------------------


@pytest.mark.parametrize("n", range(len(METHODS)))
def test_more_iterations_that_are_stopped_go_on(n, tmp_path):
    estimator, rows = METHODS[n]
    whole = warm(estimator)
    for _ in range(3):
        expected = fitted(whole, rows)
    stopped = clone(estimator)
    for i in range(3):
        checkpoint, twice = Checkpoint(tmp_path / str(i), every=1), i < 2
        stopped.set_params(callbacks=[WarmStart(), checkpoint, Stop(2)])
        with pytest.raises(KeyboardInterrupt):
            fitted(stopped, rows)
        stopped.set_params(callbacks=[WarmStart(), checkpoint])
        before = pickle.dumps(stopped)
        got = fitted(stopped, rows)
        if twice:  # what is over is not done again, and goes on all the same
            stopped = pickle.loads(before)
            fitted(stopped, rows)
    np.testing.assert_array_equal(got[0], expected[0])
    assert got[1:] == expected[1:]


def test_a_checkpoint_of_another_start_is_refused(tmp_path):
    sampler = warm(small())
    sampler.fit_resample(X, Y)
    other = pickle.loads(pickle.dumps(sampler))
    other.fit_resample(X, Y)
    for each in (sampler, other):
        each.set_params(callbacks=[WarmStart(), Checkpoint(tmp_path)])
    sampler.fit_resample(X, Y)
    with pytest.raises(ValueError, match="What differs: training so far"):
        other.fit_resample(X, Y)


# what is refused ----------------------------------------------------------------------------------

FRAME = pd.DataFrame(X, columns=list("abcd"))


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"latent_dim": 7, "loss": "hinge"}, "WarmStart goes on .* but latent_dim, loss was"),
        ({"encoding": "plain"}, "but encoding was changed"),
        ({"replay": 1.0}, r"rows were generated for, \[1, 2\], but now they would be \[\]"),
        ({"sampling_strategy": {1: 20}}, r"but now they would be \[1\]. Set sampling_strategy"),
        ({"X": FRAME[["a", "b", "c"]]}, "feature names .*\n.*\n- d"),
        ({"X": FRAME.rename(columns={"a": "z"})}, "feature names"),
        ({"X": FRAME.astype({"b": "float32"})}, r"Columns \['b'\] of X must have the dtypes"),
        ({"X": FRAME.assign(a="word")}, r"Columns \['a'\] must hold numbers"),
        ({"X": X}, "X is a ndarray, but must be what fit has seen, a DataFrame"),
        ({"y": np.where(Y == 2, 7, Y)}, r"y has the classes \[7\], which fit has not seen"),
        ({"y": Y % 2}, r"y has no row of \[2\]"),
    ],
)
@pytest.mark.filterwarnings("ignore:X does not have valid feature names")
def test_what_does_not_fit_is_refused_by_name(change, match):
    sampler = warm(small())
    sampler.fit_resample(FRAME, Y)
    before = vars(sampler).copy()
    params = {name: value for name, value in change.items() if name not in "Xy"}
    sampler.set_params(**params)
    with pytest.raises(ValueError, match=match):
        sampler.fit_resample(change.get("X", FRAME), change.get("y", Y))
    left = vars(sampler)
    assert all(left[name] is value for name, value in before.items() if name not in params)


def test_arrays_of_another_dtype_are_refused():
    sampler = warm(small())
    sampler.fit_resample(X.astype(np.float32), Y)
    with pytest.raises(ValueError, match="X is of float64, but must be of float32, as in fit"):
        sampler.fit_resample(X, Y)


def test_weights_of_rows_go_on_with_as_many():
    sampler = warm(GAMOOversampler(max_iter=2, random_state=0))
    sampler.fit_resample(X, Y)
    sampler.fit_resample(X[::-1], Y[::-1])
    fewer = np.arange(len(Y)) != np.flatnonzero(Y == 1)[0]
    with pytest.raises(
        ValueError, match=r"WarmStart: the networks .* and goes on with the same rows"
    ):
        sampler.fit_resample(X[fewer], Y[fewer])
    assert sampler.n_iter_ == 4


@pytest.mark.parametrize("sampler", [SAMPLERS[1], BAGANOversampler(max_iter=0, pretrain_iter=2)])
def test_what_was_not_kept_cannot_go_on(sampler, tmp_path):
    sampler = clone(sampler)
    sampler.fit_resample(X, Y)
    sampler.save(tmp_path / "stored")
    for each in (sampler, imblearn_gan.load(tmp_path / "stored")):
        each.set_params(callbacks=[WarmStart()])
        with pytest.raises(ValueError, match=r"earlier training was without one.* Train a clone"):
            each.fit_resample(X, Y)


def test_rows_that_networks_have_learnt_are_not_held_out_in_silence():
    sampler = warm(small())
    sampler.fit_resample(X, Y)
    match = r"networks may have learnt from them then.*X_val"
    sampler.set_params(callbacks=[WarmStart(), UtilityStopping()])
    with pytest.warns(UserWarning, match=match):
        sampler.fit_resample(X, Y)
    whole = clone(sampler)
    with warnings.catch_warnings():
        warnings.filterwarnings("error", message=".*" + match)
        whole.fit_resample(X, Y)
        whole.fit_resample(X, Y)  # the same rows are held out
        other = warm(small())
        other.fit_resample(X, Y)
        other.set_params(callbacks=[WarmStart(), UtilityStopping(X[::3] + 0.1, Y[::3])])
        other.fit_resample(X, Y)
