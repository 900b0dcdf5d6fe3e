"""
Search over sampler and classifier together
===========================================

A sampler is a step of a pipeline like any other: its parameters are searched with those of the
classifier, in two processes, and validation folds are never balanced. As a script::

    python examples/plot_grid_search.py scores.png
"""

# %%
# A pipeline of both
# ------------------
# Leaves of five rows: scikit-learn's twenty can starve a class of so few without any sampler.
import argparse

import matplotlib.pyplot as plt
import numpy as np
from imblearn.datasets import make_imbalance
from imblearn.pipeline import Pipeline
from sklearn.datasets import load_breast_cancer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.model_selection import GridSearchCV, StratifiedKFold

from imblearn_gan import BAGANOversampler

parser = argparse.ArgumentParser(description="Grid search over sampler and classifier.")
parser.add_argument("picture", nargs="?", help="where to save the picture of scores (PNG)")
parser.add_argument("--max-iter", type=int, default=300)
args = parser.parse_args()

X, y = make_imbalance(
    *load_breast_cancer(return_X_y=True), sampling_strategy={0: 30, 1: 357}, random_state=0
)
pipeline = Pipeline(
    [
        ("sampler", BAGANOversampler(pretrain_iter=args.max_iter, random_state=0)),
        ("classifier", HistGradientBoostingClassifier(min_samples_leaf=5, random_state=0)),
    ]
)

# %%
# Eight settings, three folds, two processes
# ------------------------------------------
# ``passthrough`` leaves the sampler out: the search may find that none is needed.
grid = [
    {
        "sampler__replay": [0.0, 0.5],
        "sampler__max_iter": [max(1, args.max_iter // 2), args.max_iter],
        "classifier__max_depth": [2, None],
    },
    {"sampler": ["passthrough"], "classifier__max_depth": [2, None]},
]
folds = StratifiedKFold(3, shuffle=True, random_state=0)
search = GridSearchCV(pipeline, grid, scoring="balanced_accuracy", cv=folds, n_jobs=2).fit(X, y)
print(f"best balanced accuracy {search.best_score_:.3f} with {search.best_params_}")

# %%
# All of them
# -----------
# Bars are as wide as folds differ: of settings as near as these, none is surely the best.
#
# .. image:: /images/examples/grid_search.png

# sphinx_gallery_thumbnail_path = "images/examples/grid_search.png"
results = search.cv_results_
order = np.argsort(results["mean_test_score"])
names = [
    ", ".join(f"{key.split('__')[-1]}={value}" for key, value in results["params"][i].items())
    for i in order
]
_, ax = plt.subplots(figsize=(8, 3.5), layout="constrained")
ax.errorbar(
    results["mean_test_score"][order],
    range(len(order)),
    xerr=results["std_test_score"][order],
    fmt="o",
)
ax.set(yticks=range(len(order)), yticklabels=names, xlabel="balanced accuracy")
if args.picture:
    plt.savefig(args.picture, dpi=150)
