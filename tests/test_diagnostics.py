"""Generated rows are held against real ones, and what has collapsed is said, once a fit."""

import json
import pickle
import warnings

import numpy as np
import pytest
import torch
from sklearn.naive_bayes import GaussianNB

import imblearn_gan
from imblearn_gan import CGANOversampler, CollapseWarning, ResampledClassifier, _diagnostics
from imblearn_gan.testing import sampler_checks
from tests.samplers import TinySampler, images, labels, tiny

pd = pytest.importorskip("pandas")

N_MAJORITY, N_MINORITY = 400, 100


class Scripted(TinySampler):
    """Draws real rows of the class, with a little noise, after ``_spoil`` has had its way."""

    def _phases(self, networks, data):
        self._real = data
        yield from super()._phases(networks, data)

    def _generate(self, networks, y):
        rows = torch.empty(len(y), *self._real.x.shape[1:])
        for c in y.unique():
            real = self._real.x[self._real.rows_of(int(c))]
            rows[y == c] = real[torch.randint(len(real), (int((y == c).sum()),))]
        return self._spoil(rows + 0.05 * torch.randn_like(rows), y)

    def _spoil(self, rows, y):
        return rows


class OneRow(Scripted):
    def _spoil(self, rows, y):
        return self._real.x[-1:].expand_as(rows)


class FewRows(Scripted):
    def _spoil(self, rows, y):
        return self._real.x[-5:][torch.arange(len(rows)) % 5]


class Narrow(Scripted):
    def _spoil(self, rows, y):
        return 0.04 * rows


class Saturated(Scripted):
    """The first column at the ends of its range, more rarely at the lower one."""

    def _spoil(self, rows, y):
        rows[:, 0] = torch.where(torch.rand(len(rows)) < 0.3, -9.0, 9.0)
        return rows


class NoSpread(Scripted):
    def _spoil(self, rows, y):
        rows[:, 1] = 0.02 * rows[:, 1]
        return rows


class OneLevel(Scripted):
    """The first level of the first group, always."""

    level, taken = 0, True

    def _spoil(self, rows, y):
        group = self.codec_.outputs_[-1].group
        rows[:, group.start + self.level] = 5.0 if self.taken else -5.0
        return rows


class NoRareLevel(OneLevel):
    level, taken = 2, False


class Both(Scripted):
    """One row for class 2, saturated rows for class 1."""

    def _spoil(self, rows, y):
        ends = torch.where(torch.rand_like(rows) < 0.5, -9.0, 9.0)
        return torch.where(y[:, None] == 1, ends, self._real.x[-1])


def frame(seed=0):
    """Three numbers and a category, which class 1 has in other shares."""
    rng = np.random.RandomState(seed)
    y = np.repeat([0, 1], [N_MAJORITY, N_MINORITY])
    X = pd.DataFrame(rng.normal(size=(len(y), 3)), columns=["age", "size", "score"])
    X["colour"] = np.where(rng.rand(len(y)) < 0.2, "blue", np.tile(["red", "green"], len(y) // 2))
    return X, y


def fitted(cls, X=None, y=None, **params):
    """Return a fitted sampler and the messages of its CollapseWarnings."""
    if X is None:
        X, y = frame()
    sampler = cls(**{"max_iter": 1, "random_state": 0} | params)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        sampler.fit_resample(X, y)
    assert {warning.category for warning in caught} <= {CollapseWarning}
    assert {warning.filename for warning in caught} <= {__file__}  # the line of the user
    return sampler, [str(warning.message) for warning in caught]


# what is found ------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(5))
def test_healthy_rows_are_quiet(seed):
    sampler, said = fitted(Scripted, *frame(seed), random_state=seed)
    assert said == []
    assert sampler.diagnostics_[1]["found"] == []


def test_one_row_over_and_over():
    sampler, (message,) = fitted(OneRow)
    assert message.startswith(
        "Generated rows have collapsed. In class 1: 100% of the rows nearly repeat another one "
        "(real rows: 0%); rows spread 0.00% as far as real ones; no spread in columns 'age', "
        "'size', 'score'; frequent levels lost in columns 'colour'."
    )
    for advice in ("diagnostics_", "learning_rate", "max_iter", "replay", "another sampler"):
        assert advice in message
    figures = sampler.diagnostics_[1]
    assert figures["n_rows"] == {"generated": 300, "real": 100}
    assert figures["duplicates"] == {"generated": 1, "real": 0}
    assert figures["spread"]["generated"] == pytest.approx(0, abs=1e-6)
    assert figures["found"][:2] == [("duplicates", None), ("spread", None)]


def test_a_few_rows_over_and_over():
    sampler, (message,) = fitted(FewRows)
    assert "100% of the rows nearly repeat another one (real rows: 0%)" in message
    assert "spread" not in message
    assert ("duplicates", None) in sampler.diagnostics_[1]["found"]


def test_real_rows_that_repeat_each_other_are_no_fault_of_the_sampler():
    X, y = frame()
    X = X.assign(age=X["age"].round().clip(-1, 1).astype(int))
    sampler, said = fitted(Scripted, X[["age", "colour"]], y)
    assert sampler.diagnostics_[1]["duplicates"]["real"] > 0.8
    assert said == []


def test_rows_close_together():
    X, y = frame()
    sampler, (message,) = fitted(Narrow, X[["age", "size", "score"]], y)
    spread = sampler.diagnostics_[1]["spread"]
    assert spread["generated"] / spread["real"] == pytest.approx(0.04, abs=0.01)
    assert ("spread", None) in sampler.diagnostics_[1]["found"]
    assert "rows spread 3.94% as far as real ones" in message


def spread(rows, part):
    return rows.mean(dim=0) + (rows - rows.mean(dim=0)) * part


def repeated(rows, part):
    n = round(part * len(rows))
    return torch.cat([rows[:1].expand(n, -1), rows[n:]])


def at_the_ends(rows, part):
    return torch.where(torch.rand(len(rows), 1) < part, rows.sign() * 9, rows)


def first_column(rows, part):
    return torch.cat([spread(rows[:, :1], part), rows[:, 1:]], dim=1)


@pytest.mark.parametrize(
    ("spoil", "beyond", "within", "finding"),
    [
        (spread, 0.04, 0.06, ("spread", None)),
        (repeated, 0.6, 0.4, ("duplicates", None)),
        (at_the_ends, 0.85, 0.65, ("border", 0)),
        (first_column, 0.08, 0.12, ("std", 0)),
    ],
)
def test_each_bound_is_where_the_page_says(spoil, beyond, within, finding):
    rng = np.random.RandomState(0)
    X, y = rng.normal(size=(600, 3)), np.repeat([0, 1], [400, 200])
    for part, is_found in ((beyond, True), (within, False)):

        class Spoilt(Scripted):
            def _spoil(self, rows, y, part=part):
                return spoil(rows, part)

        sampler, said = fitted(Spoilt, X, y)
        assert (finding in sampler.diagnostics_[1]["found"]) == is_found
        assert bool(said) >= is_found


def test_a_column_at_the_ends_of_its_range():
    sampler, (message,) = fitted(Saturated)
    assert "values at the ends of the range in columns 'age'." in message
    figures = sampler.diagnostics_[1]
    assert figures["columns"]["age"]["border"]["generated"] == 1
    assert figures["columns"]["age"]["border"]["real"] < 0.05
    assert figures["found"] == [("border", "age")]


def test_numbers_that_are_at_the_ends_in_real_rows_may_be_there():
    X, y = frame()
    X["age"] = X["age"].clip(-0.2, 0.2)
    X["size"] = np.where(X["size"] > 0, 1.0, X["size"].clip(-1))
    assert fitted(Scripted, X, y)[1] == []


def test_a_column_without_spread():
    sampler, (message,) = fitted(NoSpread)
    assert "In class 1: no spread in columns 'size'. All figures" in message
    std = sampler.diagnostics_[1]["columns"]["size"]["std"]
    assert std["generated"] < 0.05 * std["real"]
    assert sampler.diagnostics_[1]["found"] == [("std", "size")]


@pytest.mark.parametrize(("n_columns", "serious"), [(20, True), (21, False)])
def test_one_column_of_many_is_found_but_not_warned_of(n_columns, serious):
    X = np.random.RandomState(0).normal(size=(150, n_columns))
    sampler, said = fitted(NoSpread, X, np.repeat([0, 1], [100, 50]))
    assert sampler.diagnostics_[1]["found"] == [("std", 1)]
    assert len(said) == serious


def test_a_constant_column_has_no_spread_to_lose():
    X, y = frame()
    X["size"] = 3.0
    assert fitted(Scripted, X, y)[1] == []


def test_what_few_real_rows_have_is_not_missed():
    X, y = frame()
    X["size"] = np.where(np.arange(len(y)) % 5, 0.0, X["size"])
    assert fitted(NoSpread, X, y, encoding="plain")[1] == []


def test_a_level_that_took_over():
    sampler, (message,) = fitted(OneLevel)
    assert "In class 1: frequent levels lost in columns 'colour'. All figures" in message
    levels = sampler.diagnostics_[1]["columns"]["colour"]["levels"]
    assert set(levels) == {"red", "green", "blue"}
    assert sorted(share["generated"] for share in levels.values()) == [0, 0, 1]
    assert sum(share["real"] for share in levels.values()) == pytest.approx(1)
    assert sampler.diagnostics_[1]["found"] == [("levels", "colour")]


def test_a_level_that_never_appears():
    X, y = frame()
    sampler, (message,) = fitted(NoRareLevel, X, y)
    lost = sampler.codec_.outputs_[-1].levels[2]
    assert sampler.diagnostics_[1]["columns"]["colour"]["levels"][lost]["generated"] == 0
    assert "frequent levels lost in columns 'colour'" in message


def test_a_rare_level_may_be_missing():
    X, y = frame()
    X["colour"] = np.where(np.arange(len(y)) % 25, "red", "blue")
    sampler, said = fitted(OneLevel, X, y, **{"categorical_features": ["colour"]})
    levels = sampler.diagnostics_[1]["columns"]["colour"]["levels"]
    assert levels["blue"]["real"] == 0.04
    assert levels["blue"]["generated"] in (0, 1)
    if levels["blue"]["generated"] == 0:
        assert said == []


def test_images_at_the_ends_of_their_range():
    X, y = images(60, 8, 8), np.repeat([0, 1], [40, 20])
    dark = (X // 8).astype(np.uint8)  # 0 to 31: no byte image is dark by chance
    dark[0] = 255
    dark[1] = 0

    class Ends(Scripted):
        def _spoil(self, rows, y):
            return torch.where(torch.rand_like(rows) < 0.5, -1.0, 1.0)

    sampler, (message,) = fitted(Ends, dark, y)
    figures = sampler.diagnostics_[1]
    assert figures["border"]["generated"] == 1
    assert figures["columns"] == {}
    assert figures["found"] == [("border", None)]
    assert "100% of the pixels are at the ends of their range (real images: " in message
    assert fitted(Scripted, X, y)[1] == []


# one warning, and the figures -----------------------------------------------------------------


def test_one_warning_names_classes_and_columns_and_how_many_more():
    rng = np.random.RandomState(0)
    y = np.repeat([0, 1, 2], [120, 50, 40])
    X = rng.normal(size=(len(y), 10))
    sampler, (message,) = fitted(Both, X, y)
    assert (
        "In class 1: values at the ends of the range in columns 0, 1, 2 and 7 more, in " in message
    )
    assert "in class 2: 100% of the rows" in message
    assert list(sampler.diagnostics_) == [1, 2]


def test_further_classes_are_counted():
    y = np.repeat(list("abcdef"), [60, 30, 30, 30, 30, 30])
    sampler, (message,) = fitted(OneRow, np.random.RandomState(0).normal(size=(len(y), 4)), y)
    assert "in class 'd': " in message
    assert "class 'e'" not in message
    assert "And 2 more of 5 generated classes." in message
    assert list(sampler.diagnostics_) == list("bcdef")


def test_figures_print_and_go_through_json_and_pickle():
    X, y = frame()
    X["flag_a"], X["flag_b"] = X["age"] > 0, X["age"] <= 0
    X = X.astype({"flag_a": int, "flag_b": int})
    X["fee"] = np.where(np.arange(len(y)) % 3, 0.0, np.abs(X["score"]))
    X["gap"] = np.where(np.arange(len(y)) % 4, X["score"], np.nan)
    X["day"] = pd.Timestamp("2024-01-01") + pd.to_timedelta(np.arange(len(y)) % 4, unit="D")
    sampler, said = fitted(Scripted, X, y)
    assert said == []
    columns = sampler.diagnostics_[1]["columns"]
    assert list(columns) == [
        *["age", "size", "score", "colour", ("flag_a", "flag_b"), "fee", "gap", "day"]
    ]
    assert set(columns["fee"]["levels"]) == {0.0, "<others>"}
    assert set(columns["fee"]) == {"levels", "border", "std", "iqr"}
    assert set(columns["gap"]["levels"]) == {"<missing>", "<others>"}
    assert set(columns["flag_a", "flag_b"]["levels"]) == {"flag_a", "flag_b"}
    assert pd.Timestamp("2024-01-02") in columns["day"]["levels"]
    assert json.loads(json.dumps(columns["age"])) == columns["age"]
    assert pickle.loads(pickle.dumps(sampler)).diagnostics_ == sampler.diagnostics_


@pytest.mark.parametrize("make", ["array", "sparse", "images"])
def test_all_containers(make):
    from scipy import sparse

    y = np.repeat([0, 1], [40, 20])
    X = np.random.RandomState(0).normal(size=(60, 4))
    X = {"array": X, "sparse": sparse.csr_array(X), "images": images(60, 1, 8, 8)}[make]
    figures = fitted(Scripted, X, y)[0].diagnostics_[1]
    assert figures["n_rows"] == {"generated": 20, "real": 20}
    assert list(figures["columns"]) == ([] if make == "images" else [0, 1, 2, 3])


@pytest.mark.parametrize("unit", ["D", "ns"])
def test_classes_are_named_by_their_labels(unit, tmp_path):
    X, y = frame()
    days = (np.datetime64("2020-01-01") + y).astype(f"M8[{unit}]")
    sampler, _ = fitted(Scripted, X, y)
    dated, _ = fitted(Scripted, X, days)
    assert [type(label) for label in sampler.diagnostics_] == [int]
    assert [*dated.diagnostics_] == [days.max()] == [*dated.sampling_strategy_]
    dated = CGANOversampler(max_iter=1, random_state=0)
    dated.fit_resample(X, days)
    dated.save(tmp_path / "dated")
    assert imblearn_gan.load(tmp_path / "dated").diagnostics_ == dated.diagnostics_


def test_few_rows_cannot_be_judged():
    X, y = np.random.RandomState(0).normal(size=(32, 4)), np.repeat([0, 1], [30, 2])
    sampler, said = fitted(OneRow, X, y)
    assert said == []
    assert sampler.diagnostics_[1]["duplicates"]["generated"] == 1
    assert fitted(OneRow, X, np.repeat([0, 1], [29, 3]))[1] != []
    assert fitted(NoSpread, X, np.repeat([0, 1], [27, 5]))[1] == []  # columns need more


def test_a_bounded_number_of_rows_is_looked_at(monkeypatch):
    monkeypatch.setattr(_diagnostics, "MAX_ROWS", 50)
    figures = fitted(Scripted)[0].diagnostics_[1]
    assert figures["n_rows"] == {"generated": 50, "real": 50}


def test_the_look_changes_no_row(monkeypatch):
    X, y = frame()
    first = tiny(replay=0.5).fit_resample(X, y)[0]
    monkeypatch.setattr("imblearn_gan.base.diagnose", lambda *args: {})
    pd.testing.assert_frame_equal(tiny(replay=0.5).fit_resample(X, y)[0], first)


def test_balanced_sets_have_no_figures():
    X, y = frame()
    sampler, _ = fitted(OneRow)
    sampler.fit_resample(X, labels(250, 250))
    assert sampler.diagnostics_ == {}
    assert fitted(OneRow, X, y, replay=1.0)[0].diagnostics_ == {}


# samplers -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["CGAN", "ACGAN", "GAN", "CWGANGP"])
def test_a_learning_rate_far_too_large_is_not_silent(name):
    X, y = np.random.RandomState(0).normal(size=(90, 5)), labels(60, 30)
    cls = getattr(imblearn_gan, f"{name}Oversampler")
    _, (message,) = fitted(cls, X, y, learning_rate=1.0, max_iter=30, batch_size=16)
    assert "nearly repeat another one" in message


def test_the_common_checks_are_quiet_of_it():
    check = dict(sampler_checks(OneRow()))["check_fitted_attributes"]
    with warnings.catch_warnings():
        warnings.simplefilter("error", CollapseWarning)
        check(OneRow(max_iter=1))


def test_a_fit_is_whole_where_the_warning_is_an_error():
    X, y = frame()
    sampler = OneRow(max_iter=1, random_state=0)
    with warnings.catch_warnings():
        warnings.simplefilter("error", CollapseWarning)
        with pytest.raises(CollapseWarning):
            sampler.fit_resample(X, y)
    assert len(sampler.sample({1: 3})[0]) == 3
    assert sampler.synthetic_mask_.sum() == 300


@pytest.mark.parametrize("n_draws", [1, 3])
def test_the_line_is_that_of_the_user_through_other_estimators(n_draws):
    X, y = frame()
    model = ResampledClassifier(GaussianNB(), OneRow(max_iter=1), n_draws=n_draws, random_state=0)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        model.fit(X[["age", "size"]], y)
    assert {w.category for w in caught} == {CollapseWarning}
    assert {w.filename for w in caught} == {__file__}


def test_the_warning_is_public():
    assert imblearn_gan.exceptions.CollapseWarning is CollapseWarning
    assert issubclass(CollapseWarning, UserWarning)
