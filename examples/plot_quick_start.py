"""
Balance digits, and see whether it helps
========================================

Scikit-learn's digits, made imbalanced (120 zeros, 8 nines), are balanced with GAMO; a classifier
is trained on the imbalanced and on the balanced set, and scored on all digits left out. With a
path the script saves a picture of real and synthetic digits, class by class::

    python examples/plot_quick_start.py digits.png
"""

import argparse
from collections import Counter

import numpy as np
from imblearn.datasets import make_imbalance
from imblearn.metrics import geometric_mean_score
from sklearn.datasets import load_digits
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import balanced_accuracy_score

from imblearn_gan import GAMOOversampler

COUNTS = dict(enumerate([120, 90, 70, 50, 40, 30, 20, 15, 10, 8]))


def imbalanced_digits(random_state=0):
    """Imbalanced training digits (n, 8, 8) with values in [0, 16], and all others as a test set."""
    X, y = load_digits(return_X_y=True)
    rows = np.arange(len(X)).reshape(-1, 1)
    train, y_train = make_imbalance(rows, y, sampling_strategy=COUNTS, random_state=random_state)
    test = np.setdiff1d(rows, train)
    images = X.reshape(-1, 8, 8)
    return images[train.ravel()], y_train, images[test], y[test]


def scores(X, y, X_test, y_test):
    """Balanced accuracy and geometric mean of recalls of a random forest."""
    forest = RandomForestClassifier(n_estimators=300, random_state=0)
    predicted = forest.fit(X.reshape(len(X), -1), y).predict(X_test.reshape(len(X_test), -1))
    return balanced_accuracy_score(y_test, predicted), geometric_mean_score(y_test, predicted)


def save_picture(path, X, y, synthetic, n_columns=10):
    """Real (left) and synthetic (right) digits, one class a row."""
    from matplotlib.figure import Figure

    classes = np.unique(y)
    figure = Figure(figsize=(2 * n_columns * 0.45 + 0.6, len(classes) * 0.47 + 0.4))
    axes = figure.subplots(len(classes), 2 * n_columns + 1)
    for row, label in zip(axes, classes):
        for mask, places in ((~synthetic, row[:n_columns]), (synthetic, row[n_columns + 1 :])):
            images = X[(y == label) & mask][:n_columns]
            for place, image in zip(places, images):
                place.imshow(image, cmap="gray_r", vmin=0, vmax=16)
        for place in row:
            place.axis("off")
    axes[0, n_columns // 2].set_title("real", loc="center")
    axes[0, n_columns + 1 + n_columns // 2].set_title("synthetic", loc="center")
    figure.savefig(path, dpi=150, bbox_inches="tight")


def main():
    """Balance, compare, and save the picture where asked."""
    parser = argparse.ArgumentParser(description="Balance digits with GAMO.")
    parser.add_argument("picture", nargs="?", help="where to save the picture of digits (PNG)")
    picture = parser.parse_args().picture
    X, y, X_test, y_test = imbalanced_digits()

    sampler = GAMOOversampler(random_state=0)
    X_res, y_res = sampler.fit_resample(X, y)

    print("rows by class before:", dict(sorted(Counter(y.tolist()).items())))
    print("rows by class after: ", dict(sorted(Counter(y_res.tolist()).items())))
    print("random forest        balanced accuracy   geometric mean")
    for name, rows, labels in (("imbalanced", X, y), ("balanced by GAMO", X_res, y_res)):
        accuracy, mean = scores(rows, labels, X_test, y_test)
        print(f"  {name:<18} {accuracy:17.3f} {mean:16.3f}")
    if picture:
        save_picture(picture, X_res, y_res, sampler.synthetic_mask_)
        print("picture saved to", picture)


if __name__ == "__main__":
    main()
