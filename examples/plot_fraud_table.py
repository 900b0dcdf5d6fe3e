"""
A table of payments, with gaps and dates
========================================

Payments as they come out of a data base: amounts with a long tail, shops, dates, gaps that tell
something, and a fraud in twenty. The sampler takes the frame as it is and gives it back balanced:
dates stay dates, categories stay those that there are, and gaps are generated as often as they are
in the class. As a script::

    python examples/plot_fraud_table.py columns.png
"""

# %%
# Payments
# --------
# Made up, so that nothing is downloaded. Frauds come at night, late in the year, from few shops,
# and often without an age of the account.
import argparse

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from imblearn.pipeline import make_pipeline
from sklearn.base import clone
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import classification_report
from sklearn.model_selection import train_test_split

from imblearn_gan import CGANOversampler
from imblearn_gan.inspection import MarginalsDisplay

parser = argparse.ArgumentParser(description="Balance payments.")
parser.add_argument("picture", nargs="?", help="where to save the picture of columns (PNG)")
parser.add_argument("--max-iter", type=int, default=1000)
args = parser.parse_args()

r, n = np.random.RandomState(0), 3000
fraud = r.rand(n) < 0.05
day = np.where(fraud, r.triangular(0, 364, 364, n), r.uniform(0, 364, n)).astype(int)
hour = np.where(fraud, r.normal(2, 3, n), r.normal(14, 4, n)) % 24
payments = pd.DataFrame(
    {
        "amount": r.lognormal(3 + 0.7 * fraud, 1, n).round(2),
        "items": r.poisson(np.where(fraud, 1, 3)) + 1,
        "shop": pd.Categorical(
            np.where(fraud & (r.rand(n) < 0.7), "phones", r.choice(["books", "food", "phones"], n))
        ),
        "paid": pd.Timestamp("2025-01-01")
        + pd.to_timedelta(day, unit="D")
        + pd.to_timedelta((hour * 60).astype(int), unit="min"),
        "account_age": np.where(
            r.rand(n) < 0.1 + 0.4 * fraud, np.nan, r.exponential(900, n).round()
        ),
    }
)
y = pd.Series(np.where(fraud, "fraud", "fine"), name="label")
print(payments.head())
print(payments.isna().mean().round(2).to_dict(), "missing")

# %%
# Balanced
# --------
# A gap stays a gap, a time stays a whole minute, and the real rows come first, untouched.
sampler = CGANOversampler(max_iter=args.max_iter, random_state=0)
balanced, labels = sampler.fit_resample(payments, y)
pd.testing.assert_frame_equal(balanced.iloc[:n], payments)
generated = balanced[sampler.synthetic_mask_]
print(labels.value_counts().to_dict())
print(generated.head())
real = payments[fraud]
print("without an account's age: ", end="")
print(f"{real['account_age'].isna().mean():.0%} of frauds, ", end="")
print(f"{generated['account_age'].isna().mean():.0%} of generated ones")

# %%
# In a pipeline
# -------------
# The sampler goes first, on the columns as they are; what turns dates into numbers goes behind it.


def numbers(frame):
    """Return columns that a classifier reads: of times the day of the year and the hour."""
    return frame.assign(
        paid=frame["paid"].dt.day_of_year, hour=frame["paid"].dt.hour + frame["paid"].dt.minute / 60
    )


class Numbers:
    """A step without anything to learn."""

    def fit(self, X, y=None):
        """Learn nothing."""
        return self

    def transform(self, X):
        """Return numbers and categories."""
        return numbers(X)


X_train, X_test, y_train, y_test = train_test_split(
    payments, y, stratify=y, test_size=0.4, random_state=0
)
trees = HistGradientBoostingClassifier(
    categorical_features="from_dtype", min_samples_leaf=5, random_state=0
)
for name, steps in {"as it is": [], "balanced by CGAN": [clone(sampler)]}.items():
    model = make_pipeline(*steps, Numbers(), trees).fit(X_train, y_train)
    print(name)
    print(classification_report(y_test, model.predict(X_test), digits=3, zero_division=0))

# %%
# Frauds, real and generated
# --------------------------
MarginalsDisplay.from_resampled(balanced, labels, sampler.synthetic_mask_, label="fraud")
if args.picture:
    plt.savefig(args.picture, dpi=150)
