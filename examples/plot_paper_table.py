"""
A paper's table, in small
=========================

GAMO's paper compares classifiers of long-tailed images by the average of their recalls (ACSA) and
by the geometric mean of these (GM). The same comparison, on scikit-learn's small digits: a network
as it is, after the usual remedies and after a GAN, and GAMO end to end. As a script::

    python examples/plot_paper_table.py table.png

The papers' own data sets, networks and budgets take hours: ``examples/benchmarks/papers.py`` has
them.
"""

# %%
# The data, with the paper's proportions
# --------------------------------------
# Of the paper's 4,000 to 40 training images a class, a thirtieth.
import argparse

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from imblearn.over_sampling import SMOTE, RandomOverSampler
from imblearn.pipeline import make_pipeline
from sklearn.datasets import load_digits
from sklearn.neural_network import MLPClassifier

from imblearn_gan import CGANOversampler, GAMOClassifier
from imblearn_gan.datasets import PROFILES, make_longtailed
from imblearn_gan.metrics import acsa_score, gm_score

parser = argparse.ArgumentParser(description="GAMO's table, in small.")
parser.add_argument("picture", nargs="?", help="where to save the picture of the table (PNG)")
parser.add_argument("--max-iter", type=int, default=1000)
parser.add_argument("--seeds", type=int, default=3)
args = parser.parse_args()

X, y = load_digits(return_X_y=True)
counts = np.maximum(5, np.array(PROFILES["gamo_fashion_mnist"]) // 30)
print("training rows by class:", counts.tolist())


# %%
# The methods
# -----------
def methods(seed):
    """Return classifiers, of one seed."""
    network = MLPClassifier((128,), max_iter=max(2, args.max_iter // 10), random_state=seed)
    return {
        "baseline": network,
        "random oversampling": make_pipeline(RandomOverSampler(random_state=seed), network),
        "SMOTE": make_pipeline(SMOTE(k_neighbors=4, random_state=seed), network),
        "CGAN": make_pipeline(
            CGANOversampler(image_shape=(8, 8), max_iter=args.max_iter, random_state=seed), network
        ),
        "GAMO": GAMOClassifier(max_iter=args.max_iter, random_state=seed),
    }


# %%
# Several seeds
# -------------
# A seed is a draw of training rows, and the start of all networks. With three of them the last
# digits say nothing: a mean stands beside its spread.
records = []
for seed in range(args.seeds):
    rows, y_train = make_longtailed(np.arange(len(y))[:, None], y, counts, random_state=seed)
    test = np.setdiff1d(np.arange(len(y)), rows)
    for name, model in methods(seed).items():
        predicted = model.fit(X[rows.ravel()], y_train).predict(X[test])
        acsa, gm = acsa_score(y[test], predicted), gm_score(y[test], predicted)
        records.append({"method": name, "ACSA": acsa, "GM": gm})
scores = pd.DataFrame(records).groupby("method", sort=False).agg(["mean", "std"])
print(scores.round(3).to_string())

# %%
# The table as a picture
# ----------------------
#
# .. image:: /images/examples/paper_table.png

# sphinx_gallery_thumbnail_path = "images/examples/paper_table.png"
_, ax = plt.subplots(figsize=(7, 3), layout="constrained")
places = np.arange(len(scores))
for shift, metric in ((-0.15, "ACSA"), (0.15, "GM")):
    ax.errorbar(
        scores[metric, "mean"], places + shift, xerr=scores[metric, "std"], fmt="o", label=metric
    )
ax.set(yticks=places, yticklabels=scores.index, xlabel=f"mean of {args.seeds} seeds, and spread")
ax.invert_yaxis()
ax.legend()
if args.picture:
    plt.savefig(args.picture, dpi=150)
