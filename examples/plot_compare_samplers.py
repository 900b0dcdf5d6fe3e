"""
Does it help on my data?
========================

One call scores a sampler against the set as it is, class weights, random oversampling, SMOTE and a
moved threshold, on the same folds, and says by how much it leads and how sure that is. As a
script::

    python examples/plot_compare_samplers.py leads.png
"""

# %%
# A table with 30 rows of the rare class
# --------------------------------------
import argparse

import matplotlib.pyplot as plt
from imblearn.datasets import make_imbalance
from sklearn.datasets import load_breast_cancer

from imblearn_gan import CGANOversampler, CVAEOversampler
from imblearn_gan.metrics import evaluate_sampler

parser = argparse.ArgumentParser(description="Compare samplers with strong baselines.")
parser.add_argument("picture", nargs="?", help="where to save the picture of scores (PNG)")
parser.add_argument("--max-iter", type=int, default=500)
args = parser.parse_args()

X, y = make_imbalance(
    *load_breast_cancer(return_X_y=True), sampling_strategy={0: 30, 1: 357}, random_state=0
)

# %%
# Two samplers, and what needs no GAN
# -----------------------------------
# Five folds, twice; every method learns from the same rows and is scored on the same ones.
samplers = {
    "CGAN": CGANOversampler(max_iter=args.max_iter),
    "CVAE": CVAEOversampler(max_iter=args.max_iter),
}
evaluation = evaluate_sampler(samplers, X, y, random_state=0)
print(evaluation)

# %%
# The scores of all folds
# -----------------------
# On the left the ranking, which no threshold changes, on the right labels: none and its cut differ
# in these alone. A point is a fold. What one sees here is the spread; what the lead of a method is
# worth, the intervals of the table say, which compare fold by fold.
#
# .. image:: /images/examples/compare_samplers.png

# sphinx_gallery_thumbnail_path = "images/examples/compare_samplers.png"
metrics = ["average_precision", "acsa"]
methods = list(evaluation.scores["method"].unique())
_, axes = plt.subplots(1, len(metrics), figsize=(9, 3.2), layout="constrained", sharey=True)
for ax, metric in zip(axes, metrics):
    for place, method in enumerate(methods):
        scores = evaluation.scores.loc[evaluation.scores["method"] == method, metric]
        color = "C1" if method in samplers else "C0"
        ax.plot(scores, [place] * len(scores), "o", color=color, alpha=0.4)
        ax.plot(scores.mean(), place, "|", color="black", markersize=16)
    ax.set(xlabel=metric.replace("_", " "), yticks=range(len(methods)), yticklabels=methods)
axes[0].invert_yaxis()
if args.picture:
    plt.savefig(args.picture, dpi=150)
