"""Means by method, and who leads whom."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from imblearn_gan.metrics import SamplerEvaluation
from imblearn_gan.metrics._summary import how_sure, side_by_side, summarize

NOISE = np.array([0.01, -0.01, 0.02, -0.02, 0.0])


def scores(**methods):
    return pd.DataFrame(
        [
            {"fold": fold, "method": name, "acsa": value}
            for name, values in methods.items()
            for fold, value in enumerate(values)
        ]
    )


SCORES = scores(none=0.5 + NOISE, A=0.9 - NOISE, B=0.7 + 10 * NOISE, C=0.3 + 2 * NOISE)


def test_leaders_are_those_whose_interval_is_on_one_side_of_zero():
    summary = summarize(pd, SCORES, ["A", "B", "C"], 0.25)
    assert summary.columns.tolist() == [
        "metric",
        "method",
        "mean",
        "std",
        "sampler",
        "lead",
        "lead_std",
        "lead_low",
        "lead_high",
        "leader",
    ]
    leaders = summary.set_index(["method", "sampler"])["leader"].to_dict()
    assert leaders == {
        ("none", "A"): "A",
        ("none", "B"): "",
        ("none", "C"): "none",
        ("A", "B"): "",
        ("A", "C"): "A",
        ("B", "A"): "",
        ("B", "C"): "B",
        ("C", "A"): "A",
        ("C", "B"): "B",
    }
    row = summary.query("method == 'none' and sampler == 'A'").iloc[0]
    half = stats.t.ppf(0.975, 4) * np.std(2 * NOISE, ddof=1) * np.sqrt(1 / 5 + 0.25)
    assert row["lead"] == pytest.approx(0.4)
    assert [row["lead_low"], row["lead_high"]] == pytest.approx([0.4 - half, 0.4 + half])


def test_one_sampler_is_named_too():
    summary = summarize(pd, SCORES, ["A"], 0.25)
    assert summary["sampler"].tolist() == ["A"] * 4
    assert summary.query("leader == sampler")["method"].tolist() == ["none", "C"]
    assert summarize(pd, scores(A=[0.1, 0.2]), ["A"], 0.25).query("leader == sampler").empty
    assert summary["leader"].tolist() == ["A", "", "", "A"]
    assert summary.query("method == 'A'")["lead"].isna().all()


def test_several_samplers_are_printed_beside_each_other():
    summary = summarize(pd, SCORES, ["A", "B"], 0.25)
    table = side_by_side(summary)
    assert table.columns.tolist() == ["mean", "A", "B"]
    assert table.index.tolist() == [("acsa", name) for name in ("none", "A", "B", "C")]
    assert table.loc[("acsa", "none"), "A"].startswith("+0.400 [+0.3")
    assert table.loc[("acsa", "none"), "A"].endswith("ahead ")
    assert table.loc[("acsa", "none"), "B"].endswith("]       ")
    assert table.loc[("acsa", "A"), "A"] == ""
    losing = side_by_side(summarize(pd, SCORES, ["B", "C"], 0.25))
    assert losing.loc[("acsa", "none"), "C"].endswith("behind")
    result = SamplerEvaluation(SCORES, summary, "as far as it goes")
    for text in (str(result), result._repr_html_()):
        assert "95 % interval" in text
        assert "'ahead' or 'behind'" in text
        assert "+0.400" in text
        assert "as far as it goes" in text
    assert max(map(len, str(result).splitlines())) < 100


def test_a_sampler_may_be_called_mean():
    summary = summarize(pd, SCORES.replace({"method": {"A": "mean"}}), ["mean", "B"], 0.25)
    table = side_by_side(summary)
    assert table.columns.tolist() == ["mean", "mean", "B"]
    assert table.loc[("acsa", "none")].iloc[1].startswith("+0.400")


def test_a_lone_fold_has_no_interval():
    summary = summarize(pd, scores(none=[0.5], A=[0.9]), ["A"], 0.25)
    assert summary["lead"].iloc[0] == pytest.approx(0.4)
    assert summary["leader"].tolist() == ["", ""]


@pytest.mark.parametrize(
    ("none", "leader"),
    [
        ([0.3, 0.1], ""),  # two folds, and equal leads but for rounding
        ([0.3, 0.11], ""),
        ([0.3, 0.1, 0.5], ""),  # equal leads
        ([0.3, 0.1, 0.51], "A"),
        ([0.3, 0.11, np.nan], ""),
    ],
)
def test_nobody_leads_by_an_interval_that_says_nothing(none, leader):
    ahead = [0.7, 0.5, 0.9][: len(none)]
    summary = summarize(pd, scores(none=none, A=ahead), ["A"], 1e-3)
    assert summary["leader"].tolist() == [leader, ""]
    both = summarize(pd, scores(none=none, A=ahead, B=ahead), ["A", "B"], 1e-3)
    assert ("ahead" in side_by_side(both).loc[("acsa", "none"), "A"]) == bool(leader)


def test_how_sure_is_said():
    summary = summarize(pd, SCORES, ["A", "B"], 0.25)
    tested = [np.repeat([0, 1], [9, n]) for n in (3, 2, 2, 3, 2)]
    note = how_sure(summary, tested)
    assert note.startswith("5 folds; rows of the smallest class to test on: 2 to 3.")
    assert note.endswith("0.3 of 6 intervals would have a leader.")
    two = how_sure(summarize(pd, scores(none=[0.5, 0.6], A=[0.9, 0.1]), ["A"], 1), tested[1:3])
    assert two.startswith("2 folds; rows of the smallest class to test on: 2. So few folds show")
    assert "chance" not in two


def test_a_cut_has_no_line_in_scores_that_it_does_not_move():
    cut = {"cut at the prevalence": [0.5, 0.6, 0.7]}
    same, moved = (scores(none=none, **cut, A=[0.6] * 3) for none in ([0.5, 0.6, 0.7], [0.5] * 3))
    both = same.assign(gm=moved["acsa"])
    methods = summarize(pd, both, ["A"], 0.25).groupby("metric")["method"].agg(list)
    assert methods["acsa"] == ["none", "A"]
    assert methods["gm"] == ["none", "cut at the prevalence", "A"]
