"""Where ten classifiers cut: at a fixed place, or where rows left out say.

The nine tables and three folds of ``members.py``, boosting whose leaves fit ten rows. Bags of ten
sets at the geometric mean, by CWGAN-GP and by SMOTE, are those of ``ResampledClassifier``; beside
them stand one classifier, bagging, and under-sampling bagging. Each is scored at its fixed cut (the
prevalence; of balanced sets .5, which is the same once probabilities are corrected), and, as
``{"decision": "balanced_accuracy"}``, at the cut that is best on rows left out in five folds. Brier
score and log-loss are of its probabilities, corrected to the true shares where it corrects them::

    python examples/benchmarks/decisions.py --output docs/results/decisions.jsonl
    python examples/benchmarks/report.py docs/results/decisions.jsonl
"""

import argparse
import warnings
from pathlib import Path

import records
from classifiers import UNDER, UnderSamplingBagging, of_probabilities
from imblearn.over_sampling import SMOTE
from members import CLASSIFIERS, N_MEMBERS, all_folds, measures
from run import surroundings
from sklearn.ensemble import BaggingClassifier
from sklearn.model_selection import StratifiedKFold, TunedThresholdClassifierCV

from imblearn_gan import CWGANGPOversampler, ResampledClassifier

CLASSIFIER, TUNED = "boosting_leaves5", {"decision": "balanced_accuracy"}


def models(y, seed):
    """Method, its fields of a record, a classifier that tunes its cut, and the cut it had else."""
    boosting = CLASSIFIERS[CLASSIFIER](seed)
    folds = StratifiedKFold(5, shuffle=True, random_state=seed)
    bag = {"n_estimators": N_MEMBERS, "random_state": seed}
    for method, model, cut in [
        ("none", boosting, y.mean()),
        ("none", BaggingClassifier(boosting, **bag), y.mean()),
        (UNDER, UnderSamplingBagging(boosting, **bag), 0.5),
    ]:
        tuned = TunedThresholdClassifierCV(model, scoring=TUNED["decision"], cv=folds)
        yield method, {"n_draws": 1 if model is boosting else N_MEMBERS}, tuned, cut
    several = {"n_draws": N_MEMBERS, "class_size": "geometric_mean"}
    for sampler in (SMOTE(), CWGANGPOversampler()):
        tuned = ResampledClassifier(
            boosting, sampler, **several, **TUNED, cv=folds, random_state=seed
        )
        yield type(sampler).__name__, several, tuned, y.mean()


def fold(name, number, X, y, X_test, y_test):
    """The records of one fold, two for each method."""
    for method, several, model, cut in models(y, number):
        model.fit(X, y)
        probabilities = model.predict_proba(X_test)
        p = probabilities[:, 1]
        fixed, tuned = measures(y_test, p, cut), measures(y_test, model.predict(X_test))
        quality = of_probabilities(model.classes_, probabilities, y_test)
        quality = {name: quality[name] for name in ("brier", "log_loss")}
        for settings, acsa in (({}, fixed["acsa"]), (TUNED, tuned["acsa"])):
            yield records.Record(
                dataset=f"keel:{name}",
                method=method,
                classifier=CLASSIFIER,
                settings=settings,
                seed=number,
                split="folds:3",
                **several,
                measures={"ap": fixed["ap"], "acsa": acsa} | quality,
                labels=[0, 1],
                **surroundings(),
            )


def main():
    """Measure all tables; go on where a file ends."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", type=Path, required=True, help="file of results")
    output = parser.parse_args().output
    done = {(record.dataset, record.seed) for record in records.resume(output)}
    warnings.simplefilter("ignore")  # of rows that still look like another class
    for name, number, *rows in all_folds():
        if (f"keel:{name}", number) in done:
            continue
        for record in list(fold(name, number, *rows)):
            records.append(output, record)


if __name__ == "__main__":
    main()
