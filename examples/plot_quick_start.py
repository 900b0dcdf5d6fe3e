"""
Balance digits, and see whether it helps
========================================

Scikit-learn's digits, made imbalanced (120 zeros, 8 nines), are balanced with GAMO; a classifier is
trained on the imbalanced and on the balanced set, and scored on all digits left out. As a script,
which saves the picture where it is told a place::

    python examples/plot_quick_start.py digits.png
"""

# %%
# Imbalanced digits, of 8 x 8 pixels
# ----------------------------------
import argparse
from collections import Counter

import matplotlib.pyplot as plt
import numpy as np
from imblearn.datasets import make_imbalance
from imblearn.metrics import geometric_mean_score
from sklearn.datasets import load_digits
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import balanced_accuracy_score

from imblearn_gan import GAMOOversampler
from imblearn_gan.inspection import GeneratedImagesDisplay

parser = argparse.ArgumentParser(description="Balance digits with GAMO.")
parser.add_argument("picture", nargs="?", help="where to save the picture of digits (PNG)")
parser.add_argument("--max-iter", type=int)
args = parser.parse_args()

COUNTS = dict(enumerate([120, 90, 70, 50, 40, 30, 20, 15, 10, 8]))
images, labels = load_digits().images, load_digits().target
rows, y = make_imbalance(
    np.arange(len(labels))[:, None], labels, sampling_strategy=COUNTS, random_state=0
)
X = images[rows.ravel()]
test = np.setdiff1d(np.arange(len(labels)), rows)
X_test, y_test = images[test], labels[test]

# %%
# One call balances them
# ----------------------
# ``verbose=1`` shows how far the training is.
sampler = GAMOOversampler(max_iter=args.max_iter or "auto", random_state=0, verbose=1)
X_res, y_res = sampler.fit_resample(X, y)
print("rows by class before:", dict(sorted(Counter(y.tolist()).items())))
print("rows by class after: ", dict(sorted(Counter(y_res.tolist()).items())))


# %%
# Does it help?
# -------------
def scores(X, y):
    """Balanced accuracy and geometric mean of recalls of a random forest."""
    forest = RandomForestClassifier(n_estimators=300, random_state=0).fit(X.reshape(len(X), -1), y)
    predicted = forest.predict(X_test.reshape(len(X_test), -1))
    return balanced_accuracy_score(y_test, predicted), geometric_mean_score(y_test, predicted)


print("random forest        balanced accuracy   geometric mean")
for name, data in {"imbalanced": (X, y), "balanced by GAMO": (X_res, y_res)}.items():
    print("  {:<18} {:17.3f} {:16.3f}".format(name, *scores(*data)))

# %%
# Real digits and generated ones
# ------------------------------
GeneratedImagesDisplay.from_resampled(
    X_res, y_res, sampler.synthetic_mask_, n_images=10, im_kw={"cmap": "gray_r"}
)
if args.picture:
    plt.savefig(args.picture, dpi=150)
    print("picture saved to", args.picture)
