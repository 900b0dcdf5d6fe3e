"""What generated rows of tables are like, column by column and by class that was oversampled.

Total variation between shares of categories (columns of at most ten distinct numbers among them)
and Kolmogorov-Smirnov distance of the other numbers; how many categories that hold a tenth of the
class are missing; how far the share of a value that repeats in excess, and of missing values, is
off. Shares are held against the training rows of the class, distances against its rows left out.
The figures of 'none' are those of the training rows themselves: what is left is sampling noise.
"""

import numpy as np
import pandas as pd
from fidelity import made
from scipy import stats

N_FEW = 10  # distinct numbers, at most, that are seen as categories
INFLATED = 0.3  # share of its most frequent value from which a column of numbers is inflated


def columns(sampler, part, X_res, y_res):
    """Measures, lists by class; by column where their names end so."""
    labels, counts = np.unique(part.y, return_counts=True)
    rare = labels[counts < counts.max()].tolist()
    X_new, y_new = made(sampler, part, X_res, y_res, rare)
    few = [name for name in part.X if is_few(part.X[name])]
    by_class = []
    for label in rare:
        real, left_out = part.X[part.y == label], part.X_test[part.y_test == label]
        rows = X_new[y_new == label]
        if len(rows) and len(left_out):
            by_class.append(of_class(part.X, few, real, left_out, rows))
        else:
            by_class.append({})
    names = dict.fromkeys(name for found in by_class for name in found)
    return {"rare": rare, **{name: [found.get(name) for found in by_class] for name in names}}


def is_few(values):
    """Whether a column is seen as categories."""
    return not pd.api.types.is_numeric_dtype(values) or values.nunique() <= N_FEW


def of_class(X, few, real, left_out, rows):
    """Figures of one class; ``X`` are the training rows of all."""
    tv = {name: total_variation(real[name], rows[name]) for name in few}
    ks = {name: distance(left_out[name], rows[name]) for name in X.columns.difference(few)}
    inflated, missing = {}, {}
    for name in X:
        if X[name].isna().any():
            missing[name] = abs(real[name].isna().mean() - rows[name].isna().mean())
        top = X[name].value_counts(normalize=True)
        if name in ks and top.iloc[0] >= INFLATED:
            inflated[name] = abs(share(real[name], top.index[0]) - share(rows[name], top.index[0]))
    found = {"lost": sum(lost(real[name], rows[name]) for name in few)}
    for measure, by_column in (("tv", tv), ("ks", ks)):
        known = {name: round(float(v), 3) for name, v in by_column.items() if v is not None}
        if known:
            found[measure] = round(float(np.mean(list(known.values()))), 4)
            found[f"{measure}_max"] = max(known.values())
            found[f"{measure}_by_column"] = known
    for measure, by_column in (("inflated", inflated), ("missing", missing)):
        if by_column:
            found[measure] = round(float(max(by_column.values())), 4)
    left = [total_variation(left_out[name], rows[name]) for name in few]
    if left := [value for value in left if value is not None]:
        found["tv_left_out"] = round(float(np.mean(left)), 4)
    return found


def share(values, value):
    """Of the rows that have a value, those that have this one."""
    return (values.dropna() == value).mean()


def total_variation(real, rows):
    """Half the sum of the differences of the shares of known values; None without such rows."""
    if real.isna().all() or rows.isna().all():
        return None
    shares = [values.value_counts(normalize=True) for values in (real, rows)]
    return pd.concat(shares, axis=1).fillna(0).diff(axis=1).iloc[:, 1].abs().sum() / 2


def distance(left_out, rows):
    """Kolmogorov-Smirnov distance of known values; None without such rows."""
    left_out, rows = left_out.dropna(), rows.dropna()
    return stats.ks_2samp(left_out, rows).statistic if len(left_out) and len(rows) else None


def lost(real, rows):
    """How many values with a share of a tenth are in no generated row."""
    shares = real.value_counts(normalize=True)
    return len(set(shares.index[shares >= 0.1]) - set(rows.dropna()))
