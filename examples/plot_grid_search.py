"""
Search over sampler and classifier together
===========================================

A sampler is a step of a pipeline like any other: its parameters are searched with those of the
classifier, and validation folds are never balanced::

    python examples/plot_grid_search.py
"""

import argparse

from imblearn.datasets import make_imbalance
from imblearn.pipeline import Pipeline
from sklearn.datasets import load_breast_cancer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.model_selection import GridSearchCV, StratifiedKFold

from imblearn_gan import BAGANOversampler


def main():
    """Eight settings, three folds."""
    parser = argparse.ArgumentParser(description="Grid search over sampler and classifier.")
    parser.add_argument("--max-iter", type=int, default=300)
    max_iter = parser.parse_args().max_iter
    X, y = make_imbalance(
        *load_breast_cancer(return_X_y=True), sampling_strategy={0: 30, 1: 357}, random_state=0
    )
    pipeline = Pipeline(
        [
            ("sampler", BAGANOversampler(pretrain_iter=max_iter, random_state=0)),
            ("classifier", HistGradientBoostingClassifier(random_state=0)),
        ]
    )
    grid = {
        "sampler__replay": [0.0, 0.5],
        "sampler__max_iter": [max_iter // 2, max_iter],
        "classifier__max_depth": [2, None],
    }
    search = GridSearchCV(
        pipeline,
        grid,
        scoring="balanced_accuracy",
        cv=StratifiedKFold(3, shuffle=True, random_state=0),
        n_jobs=2,
    ).fit(X, y)
    print(f"best balanced accuracy {search.best_score_:.3f} with {search.best_params_}")
    for score, params in zip(search.cv_results_["mean_test_score"], search.cv_results_["params"]):
        print(f"{score:.3f}", params)


if __name__ == "__main__":
    main()
