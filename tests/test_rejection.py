"""Generated rows that look like another class are drawn again."""

import warnings
from collections import Counter

import numpy as np
import pytest
import torch
from torch import nn

from imblearn_gan import BAGANOversampler
from imblearn_gan._rejection import MAX_DRAWS, build_classifier, classifier_phase, most_plausible
from imblearn_gan.networks import MLPFamily
from tests.players import COUNTS as DATA_COUNTS
from tests.players import array, cross_entropy, numbers, training_data
from tests.samplers import TinySampler, assert_oversampled, labels, tiny

COUNTS = (40, 12, 6)
SETTINGS = {"max_iter": 2, "batch_size": 8, "random_state": 0}


def clusters(seed=0):
    """Three classes far apart."""
    y = labels(*COUNTS)
    return y[:, None] * 10.0 + np.random.RandomState(seed).normal(size=(len(y), 2)), y


# which draw is taken -------------------------------------------------------------------------


class Plain:
    """A codec that gives back what it gets."""

    def encode(self, X):
        return X

    def decode(self, encoded):
        return encoded


class Scripted:
    """A generator whose k-th draw of every row is the k-th entry, which is a logit of class 1.

    The classifier takes a row for class 1 where its entry is positive.
    """

    classifier = nn.Linear(1, 2, bias=False)
    classifier.weight.data = torch.tensor([[0.0], [1.0]])

    def __init__(self, *draws):
        self.draws, self.asked = draws, []

    def __call__(self, y):
        draw = self.draws[len(self.asked)]
        self.asked.append(len(y))
        return torch.full((len(y), 1), float(draw))

    def take(self, y):
        with torch.no_grad():
            rows, n_refused = most_plausible(self, self.classifier, Plain(), torch.tensor(y))
        return rows[:, 0].tolist(), int(n_refused)


def test_the_first_draw_that_fits_is_taken():
    script = Scripted(-3, -2, 0.1, 9)
    assert script.take([1, 1]) == ([pytest.approx(0.1)] * 2, 0)
    assert script.asked == [2, 2, 2]


def test_only_rows_that_look_like_another_class_are_drawn_again():
    script = Scripted(-3, 2)
    assert script.take([0, 1, 0, 1]) == ([-3, 2, -3, 2], 0)
    assert script.asked == [4, 2]


def test_at_most_ten_draws_and_the_most_plausible_is_kept():
    assert MAX_DRAWS == 10
    script = Scripted(-5, -6, -2, -4, -1, -3, -7, -8, -2, -9, 5)  # an eleventh would fit
    assert script.take([1]) == ([-1], 1)
    assert len(script.asked) == 10


def test_a_draw_that_fits_is_taken_even_if_less_plausible_than_one_that_did_not():
    """With three classes the most probable class of a row may have a probability below a half."""
    logits = torch.tensor([[1.0, 0.9, -9.0], [0.3, 0.4, 0.3]])
    p = logits.softmax(dim=1)[:, 1]
    assert p[0] > p[1]  # the first row is likelier of class 1, but looks like class 0

    class Identity(nn.Module):
        def forward(self, x):
            return x

    draws = iter(logits)
    rows, n_refused = most_plausible(
        lambda y: next(draws)[None], Identity(), Plain(), torch.tensor([1])
    )
    assert torch.equal(rows[0], logits[1])
    assert n_refused == 0


# the classifier ------------------------------------------------------------------------------


def test_the_classifier_learns_real_rows_in_balanced_batches():
    data = training_data()
    classifier = build_classifier(MLPFamily(), data.spec)
    phase = classifier_phase(classifier, data)
    (player,) = phase.players
    torch.manual_seed(0)
    drawn = torch.cat([player.draw().y for _ in range(100)])
    assert torch.bincount(drawn) / len(drawn) == pytest.approx([1 / 3] * 3, abs=0.03)
    batch = player.draw()
    expected = cross_entropy(array(classifier(batch.x)), batch.y)
    assert numbers(player.losses(batch)) == pytest.approx({"real": expected}, rel=1e-4)
    assert (phase.name, phase.max_iter, phase.ema_decay) == ("rejection", 500, 0.99)
    assert phase.lr_decay
    assert (player.learning_rate, player.networks) == (1e-3, {"rejection": classifier})
    assert classifier(batch.x).shape == (64, len(DATA_COUNTS))


@pytest.mark.filterwarnings("ignore:.*still look like another class")
def test_rejection_has_a_phase_of_its_own_after_the_game():
    sampler = tiny(reject=True)
    sampler.fit_resample(*clusters())
    phases = [r["phase"] for r in sampler.history_]
    assert list(dict.fromkeys(phases)) == ["adversarial", "rejection"]
    assert sampler.n_iter_ == 3
    assert "rejection" in sampler.networks_


# a sampler -----------------------------------------------------------------------------------


class Careless(TinySampler):
    """Draws rows of the class asked for only now and then."""

    fraction_of_right_rows = 0.5

    def _generate(self, networks, y):
        right = torch.rand(len(y)) < self.fraction_of_right_rows
        drawn = torch.where(right, y, (y + 1) % len(self.classes_))
        return (drawn[:, None] - 1.0).expand(-1, 2).clone()


class Hopeless(Careless):
    """Never draws a row of the class asked for."""

    fraction_of_right_rows = 0.0


def nearest_cluster(X):
    return np.clip(np.rint(np.asarray(X).mean(axis=1) / 10), 0, 2).astype(int)


def test_rejected_rows_are_drawn_again():
    X, y = clusters()
    right = {}
    for reject in (False, True):
        sampler = Careless(reject=reject, **SETTINGS)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # one draw in a thousand stays wrong
            X_res, y_res = sampler.fit_resample(X, y)
        assert_oversampled(sampler, X, y, X_res, y_res)
        made = sampler.synthetic_mask_
        right[reject] = (nearest_cluster(X_res[made]) == y_res[made]).mean()
    assert right[False] < 0.7
    assert right[True] > 0.98


def test_sample_rejects_too():
    X, y = clusters()
    sampler = Careless(reject=True, **SETTINGS)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        sampler.fit_resample(X, y)
        X_new, y_new = sampler.sample({1: 200, 2: 50})
    assert Counter(y_new.tolist()) == {1: 200, 2: 50}
    assert (nearest_cluster(X_new) == y_new).mean() > 0.98


def test_rejection_looks_at_the_rows_that_are_given():
    pd = pytest.importorskip("pandas")

    class Soft(TinySampler):
        """Most of the weight on categories of class 1 together, the largest on that of class 0."""

        def _generate(self, networks, y):
            return torch.tensor([0.0, 0.4, 0.3, 0.3]).repeat(len(y), 1)

    y = np.sort(labels(60, 20))  # categories are numbered as they appear
    names = np.where(y == 0, "a", np.where(np.arange(80) % 2, "b", "c"))
    X = pd.DataFrame({"name": names, "number": np.linspace(0, 1, 80)})
    sampler = Soft(reject=True, replay=0.5, **SETTINGS)
    with pytest.warns(UserWarning, match="20 of 20 generated rows"):
        sampler.fit_resample(X, y)


def test_rejection_ends_and_says_so():
    X, y = clusters()
    sampler = Hopeless(reject=True, replay=0.0, **SETTINGS)
    expected = "62 of 62 generated rows still look like another class after 10 draws"
    with pytest.warns(UserWarning, match=expected) as caught:
        X_res, y_res = sampler.fit_resample(X, y)
    assert_oversampled(sampler, X, y, X_res, y_res)
    with pytest.warns(UserWarning, match="look like another class") as more:
        sampler.sample({1: 3})
    said = [w for w in (*caught, *more) if "look like another class" in str(w.message)]
    assert [warning.filename for warning in said] == [__file__] * 2  # the line of the user


def test_settings_of_a_fitted_sampler_are_checked():
    X, y = clusters()
    sampler = BAGANOversampler(pretrain_iter=2, max_iter=2, random_state=0)
    sampler.fit_resample(X, y)
    with pytest.raises(ValueError, match="ema_decay"):
        sampler.set_params(ema_decay=5.0).sample({1: 2})
    with pytest.raises(ValueError, match="reject=True was set after training"):
        sampler.set_params(ema_decay=0.5, reject=True).sample({1: 2})
    assert sampler.set_params(reject=False).sample({1: 2})[0].shape == (2, 2)
