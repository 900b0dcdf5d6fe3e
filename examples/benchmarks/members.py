"""What the members of a bag learn from: how many rows of each class, and which real ones.

Nine tables that are in no other benchmark, three folds, ten members. Sets of rows are

``all``      all real rows; the rare class is brought to the size of the large one
``boot``     the same of a bootstrap of each class
``gm``       as many rows of the large class as the geometric mean of both says, drawn without
             replacement; all rare rows, brought to that number
``gm_boot``  the same of a bootstrap of the rare class
``x2, x3``   twice, or three times, as many rows of each class as the rare one has
``under``    as many as the rare class has, of which a bootstrap: under-sampling

and what is missing are repeated rows, SMOTE's, or those of one training of CWGAN-GP or GAMO.
"None" is a bag of bootstraps, cut at the prevalence; all others are cut at .5::

    python examples/benchmarks/members.py --output docs/results/members.jsonl
    python examples/benchmarks/report.py docs/results/members.jsonl
"""

import argparse
import warnings
from pathlib import Path

import numpy as np
import records
import sources
from imblearn.over_sampling import SMOTE
from run import surroundings
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.metrics import average_precision_score, balanced_accuracy_score
from sklearn.model_selection import StratifiedKFold
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import imblearn_gan

TABLES = ["pima", "yeast-2_vs_4", "winequality-red-8_vs_6", "vehicle3", "glass0", "ecoli1"]
TABLES += ["yeast1", "yeast-1-2-8-9_vs_7", "ecoli4"]
N_MEMBERS = 10
SCHEMES = ["all", "boot", "gm", "gm_boot", "x2", "x3", "under"]
MADE = {
    "random oversampling": None,
    "SMOTE": None,
    "CWGANGPOversampler": imblearn_gan.CWGANGPOversampler,
    "GAMOOversampler": imblearn_gan.GAMOOversampler,
}
CLASSIFIERS = {
    "boosting_leaves5": lambda seed: HistGradientBoostingClassifier(
        min_samples_leaf=5, random_state=seed
    ),
    "mlp": lambda seed: make_pipeline(
        StandardScaler(), MLPClassifier((64,), max_iter=100, random_state=seed)
    ),
    "forest": lambda seed: RandomForestClassifier(30, random_state=seed),
}
#: What was not run: a network learns long, and under-sampling makes nothing.
LEFT_OUT = {("mlp", "boot"), ("mlp", "gm_boot"), ("mlp", "GAMOOversampler")}


def real_rows(scheme, y, stream):
    """Which rows of the large and of the rare class a member starts from."""
    rare, large = np.flatnonzero(y == 1), np.flatnonzero(y == 0)
    n, n_large = len(rare), len(large)
    sizes = {"x2": 2 * n, "x3": 3 * n, "under": n}
    size = min(sizes.get(scheme, int(np.sqrt(n * n_large))), n_large)
    if scheme == "boot":
        rare = stream.choice(rare, n)
        return stream.choice(large, n_large), rare
    if scheme != "all":
        large = stream.choice(large, size, replace=False)
    if scheme in ("gm_boot", "under"):
        rare = stream.choice(rare, n)
    return large, rare


def stratified_bootstrap(y, seed):
    """As many rows of each class as it has, drawn with replacement."""
    classes = (np.flatnonzero(y == label) for label in (0, 1))
    return np.concatenate([np.random.RandomState(seed).choice(c, len(c)) for c in classes])


def added(method, rare, n, pool, seed):
    """What a member has of the rare class beside real rows."""
    stream = np.random.RandomState(seed)
    if not n:
        return rare[:0]
    if pool is not None:
        return pool[stream.choice(len(pool), n, replace=False)]
    n_different = len(np.unique(rare, axis=0))
    if method == "SMOTE" and n_different > 1:
        y = np.repeat([1, 0], [len(rare), len(rare) + n])
        X = np.concatenate([rare, np.zeros((len(rare) + n, rare.shape[1]))])
        smote = SMOTE(k_neighbors=min(5, n_different - 1), random_state=seed)
        return smote.fit_resample(X, y)[0][len(X) :]
    return rare[stream.randint(len(rare), size=n)]


def member(scheme, method, X, y, pool, seed):
    """Rows and labels that one member learns from."""
    large, rare = real_rows(scheme, y, np.random.RandomState(seed))
    new = added(method, X[rare], len(large) - len(rare), pool, seed)
    labels = np.repeat([0, 1], [len(large), len(rare) + len(new)])
    return np.concatenate([X[large], X[rare], new]), labels


def bag(make, sets, X_test):
    """Mean probability of the rare class."""
    fits = (make(seed).fit(*rows) for seed, rows in enumerate(sets))
    return np.mean([model.predict_proba(X_test)[:, 1] for model in fits], axis=0)


def measures(y, p, cut=0.5):
    """Average precision and balanced accuracy of probabilities of the rare class."""
    return {
        "ap": round(float(average_precision_score(y, p)), 4),
        "acsa": round(float(balanced_accuracy_score(y, p >= cut)), 4),
    }


def fold(name, number, X, y, X_test, y_test):
    """The records of one fold."""
    pools = {}
    for method, kind in MADE.items():
        if kind is not None:
            sampler = kind(random_state=number)
            sampler.fit_resample(X, y)
            n = N_MEMBERS * int((y == 0).sum())
            pools[method] = sampler.sample({1: n}, random_state=number)[0]
    for kind, make in CLASSIFIERS.items():
        runs = [("none", "boot")]
        runs += [(m, s) for s in SCHEMES for m in MADE if s != "under" or m == next(iter(MADE))]
        for method, scheme in runs:
            if method != "none" and LEFT_OUT & {(kind, scheme), (kind, method)}:
                continue
            if method == "none":
                drawn = (stratified_bootstrap(y, m) for m in range(N_MEMBERS))
                sets = ((X[rows], y[rows]) for rows in drawn)
            else:
                pool = pools.get(method)
                sets = (member(scheme, method, X, y, pool, m) for m in range(N_MEMBERS))
            p, cut = bag(make, sets, X_test), y.mean() if method == "none" else 0.5
            yield records.Record(
                dataset=f"keel:{name}",
                method=method,
                classifier=kind,
                seed=number,
                split="folds:3",
                n_draws=N_MEMBERS,
                class_size=scheme,
                measures=measures(y_test, p, cut),
                labels=[0, 1],
                **surroundings(),
            )


def all_folds():
    """Name and number of each fold of each table, its rows to learn from and those to score."""
    for name in TABLES:
        source = sources.load(f"keel:{name}")
        X, y = source.X.to_numpy(float), source.y
        folds = StratifiedKFold(3, shuffle=True, random_state=0).split(X, y)
        for number, (train, test) in enumerate(folds):
            yield name, number, X[train], y[train], X[test], y[test]


def main():
    """Measure all tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", type=Path, required=True, help="file of results")
    output = parser.parse_args().output
    records.resume(output)
    warnings.simplefilter("ignore")  # of networks that have not converged
    for rows in all_folds():
        for record in fold(*rows):
            records.append(output, record)


if __name__ == "__main__":
    main()
