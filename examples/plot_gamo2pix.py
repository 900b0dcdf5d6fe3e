"""
Images from features: GAMO2pix
==============================

A classifier's feature extractor turns digits into vectors; GAMO2pix turns vectors back into digits,
and with them every mixture of two digits of a class. With a path the script saves a picture::

    python examples/plot_gamo2pix.py mixtures.png
"""

import argparse

import numpy as np
from plot_quick_start import imbalanced_digits

from imblearn_gan import GAMO2pix, GAMOClassifier


def save_picture(path, rows):
    """One row of images for each class."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(0.5 * rows.shape[1], 0.5 * len(rows)))
    for row, images in zip(figure.subplots(*rows.shape[:2]), rows):
        for place, image in zip(row, images):
            place.imshow(image, cmap="gray_r", vmin=0, vmax=16)
            place.axis("off")
    figure.savefig(path, dpi=150, bbox_inches="tight")


def main():
    """Mix two digits of each class in seven steps."""
    parser = argparse.ArgumentParser(description="Decode mixtures of features.")
    parser.add_argument("picture", nargs="?", help="where to save the picture (PNG)")
    parser.add_argument("--max-iter", type=int, default=1000)
    args = parser.parse_args()
    X, y, X_test, y_test = imbalanced_digits()
    model = GAMOClassifier(max_iter=args.max_iter, random_state=0).fit(X, y)
    print(f"accuracy of the classifier: {model.score(X_test, y_test):.3f}")

    decoder = GAMO2pix(model.networks_["extractor"], max_iter=args.max_iter, random_state=0)
    decoder.fit(X, y)
    features, weights = decoder.transform(X), np.linspace(0, 1, 7)[:, None]
    mixtures = []
    for label in np.unique(y):
        first, second = features[y == label][:2]
        mixtures.append(decoder.decode((1 - weights) * first + weights * second, [label] * 7))
    mixtures = np.stack(mixtures)
    print("mixtures:", mixtures.shape, mixtures.dtype)
    if args.picture:
        save_picture(args.picture, mixtures)
        print("picture saved to", args.picture)


if __name__ == "__main__":
    main()
