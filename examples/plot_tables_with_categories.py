"""
Tables with categories
======================

Scikit-learn's diabetes patients, the worst 10 % against the rest: a frame with a category, integer
counts and numbers goes in, and comes back balanced, with the same dtypes. The classifier is scored
by cross-validation, in which only training rows are balanced. As a script::

    python examples/plot_tables_with_categories.py columns.png
"""

# %%
# A frame of 442 patients, and whether the disease advanced most
# --------------------------------------------------------------
import argparse

import matplotlib.pyplot as plt
from imblearn.pipeline import make_pipeline
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.datasets import load_diabetes
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import RepeatedStratifiedKFold, cross_validate
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from imblearn_gan import CGANOversampler
from imblearn_gan.inspection import MarginalsDisplay

parser = argparse.ArgumentParser(description="Balance a table with categories.")
parser.add_argument("picture", nargs="?", help="where to save the picture of columns (PNG)")
parser.add_argument("--max-iter", type=int, default=1000)
args = parser.parse_args()

X, progress = load_diabetes(return_X_y=True, as_frame=True, scaled=False)
X["sex"] = X["sex"].map({1.0: "one", 2.0: "two"}).astype("category")
X["age"] = X["age"].astype(int)
y = (progress > progress.quantile(0.9)).map({True: "advanced", False: "not"})

# %%
# Balanced once, to look at it
# ----------------------------
sampler = CGANOversampler(max_iter=args.max_iter, random_state=0)
X_res, y_res = sampler.fit_resample(X, y)
print(y_res.value_counts().to_dict())
print(X_res[sampler.synthetic_mask_].sample(5, random_state=0))
print((X_res.dtypes == X.dtypes).all(), "dtypes are the same")

# %%
# Does it help?
# -------------
columns = make_column_transformer(
    (OneHotEncoder(), make_column_selector(dtype_include="category")), remainder=StandardScaler()
)
folds = RepeatedStratifiedKFold(n_splits=5, n_repeats=2, random_state=0)
scoring = ["average_precision", "balanced_accuracy"]
target = (y == "advanced").astype(int)
for name, steps in {
    "as it is": [columns, LogisticRegression(max_iter=1000)],
    "class weight": [columns, LogisticRegression(max_iter=1000, class_weight="balanced")],
    "balanced by CGAN": [sampler, columns, LogisticRegression(max_iter=1000)],
}.items():
    scores = cross_validate(make_pipeline(*steps), X, target, cv=folds, scoring=scoring)
    means = {s: round(float(scores[f"test_{s}"].mean()), 3) for s in scoring}
    print(f"{name:18}", means)

# %%
# Columns of real and generated patients
# --------------------------------------
#
# .. image:: /images/examples/tables_with_categories.png

# sphinx_gallery_thumbnail_path = "images/examples/tables_with_categories.png"
MarginalsDisplay.from_sampler(sampler, X, y)
if args.picture:
    plt.savefig(args.picture, dpi=150)
