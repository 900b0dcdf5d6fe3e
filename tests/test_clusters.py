"""Fits on the workers of joblib and Dask, and a table that is balanced part by part."""

import os
import runpy
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
import pytest
from imblearn.pipeline import make_pipeline
from sklearn.datasets import make_classification
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, cross_validate

from imblearn_gan import CGANOversampler, GAMOOversampler
from imblearn_gan.metrics import evaluate_sampler
from tests.scripts import run_script

pytest.importorskip("dask.dataframe")
distributed = pytest.importorskip("distributed")

pytestmark = pytest.mark.slow

EXAMPLE = Path(__file__).parent.parent / "examples" / "balance_parts.py"
X, Y = make_classification(80, 5, weights=[0.8], flip_y=0, random_state=0)


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    with (
        distributed.LocalCluster(
            n_workers=2,
            threads_per_worker=1,
            dashboard_address=None,
            local_directory=str(tmp_path_factory.mktemp("dask")),
        ) as cluster,
        distributed.Client(cluster),
    ):
        yield cluster


def pipeline():
    sampler = CGANOversampler(max_iter=3, replay=0.0, random_state=0)
    return make_pipeline(sampler, LogisticRegression())


def searched(n_jobs):
    grid = {"cganoversampler__max_iter": [2, 4], "logisticregression__C": [0.1, 1.0]}
    search = GridSearchCV(pipeline(), grid, cv=3, n_jobs=n_jobs, error_score="raise").fit(X, Y)
    return search.cv_results_["mean_test_score"], search.predict_proba(X)


def validated(n_jobs):
    found = cross_validate(
        pipeline(), X, Y, cv=3, scoring="neg_log_loss", n_jobs=n_jobs, error_score="raise"
    )
    return (found["test_score"],)


def evaluated(n_jobs):
    samplers = {"CGAN": CGANOversampler(max_iter=3), "GAMO": GAMOOversampler(max_iter=3)}
    found = evaluate_sampler(
        samplers, X, Y, classifier=LogisticRegression(), cv=2, random_state=0, n_jobs=n_jobs
    )
    return (found.scores.select_dtypes("number").to_numpy(),)


@pytest.mark.parametrize("backend", ["dask", "loky"])
@pytest.mark.parametrize("fits", [searched, validated, evaluated])
def test_workers_give_the_scores_of_one_process(fits, backend, cluster):
    expected = fits(None)
    with joblib.parallel_config(backend=backend, n_jobs=2):
        got = fits(None)
    for own, value in zip(got, expected):
        np.testing.assert_array_equal(own, value)
    assert np.isfinite(expected[0]).all()


def process(*_):
    return os.getpid()


def test_fits_are_done_by_the_workers(cluster):
    with distributed.Client(cluster) as client, joblib.parallel_config(backend="dask"):
        found = cross_validate(pipeline(), X, Y, cv=3, scoring=process)["test_score"]
        assert set(found) <= set(client.run(os.getpid).values())


# part by part -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def balanced(tmp_path_factory):
    folder = tmp_path_factory.mktemp("parts")
    (folder / "table").mkdir()
    stream = np.random.RandomState(0)
    for i in range(3):
        part = pd.DataFrame({"paid": stream.exponential(size=100), "n": stream.poisson(5, 100)})
        part["shop"] = stream.choice(["a", "b", "c"], 100)
        part["fraud"] = np.where(np.arange(100) < 4 + i, "yes", "no")
        part.to_parquet(folder / "table" / f"part.{i}.parquet")
    arguments = ["table", "balanced", "--label", "fraud", "--cap", "50", "--max-iter", "3"]
    said = run_script(EXAMPLE, *arguments, cwd=folder)
    return folder, said


def read(folder):
    return [pd.read_parquet(path) for path in sorted(folder.iterdir())]


def test_parts_together_are_balanced(balanced):
    folder, said = balanced
    whole = pd.concat(read(folder / "balanced"))
    assert whole["fraud"].value_counts().to_dict() == {"no": 285, "yes": 285}
    assert said == "270 rows were added to 300\n"


def test_real_rows_stay_in_their_parts(balanced):
    folder, _ = balanced
    for before, after in zip(read(folder / "table"), read(folder / "balanced"), strict=True):
        real = after[~after["generated"]].drop(columns="generated")
        pd.testing.assert_frame_equal(real, before, check_dtype=False)  # Dask's strings
        assert after["generated"].sum() == 90


def test_no_part_has_the_generated_rows_of_another_seed(tmp_path):
    balance_part = runpy.run_path(str(EXAMPLE))["balance_part"]
    part, sampler = pd.DataFrame(X).add_prefix("x"), CGANOversampler(max_iter=2, random_state=0)
    sampler.fit_resample(part, Y)
    made = []
    for seed in (0, 1):
        for number in (0, 1):
            (tmp_path / str(seed)).mkdir(exist_ok=True)
            balance_part(
                part.assign(y=Y), number, sampler, {1: 20}, "y", seed, tmp_path / str(seed)
            )
        made += [rows[rows["generated"]] for rows in read(tmp_path / str(seed))]
    assert len(pd.concat(made).drop_duplicates("x0")) == 4 * 20


def test_no_part_has_the_generated_rows_of_another(balanced):
    folder, _ = balanced
    made = [part[part["generated"]] for part in read(folder / "balanced")]
    paid = [set(rows["paid"]) for rows in made]
    assert not paid[0] & paid[1] | paid[1] & paid[2] | paid[0] & paid[2]
    assert all(rows["shop"].isin(["a", "b", "c"]).all() for rows in made)
