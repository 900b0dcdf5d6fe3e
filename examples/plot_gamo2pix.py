"""
Images from features: GAMO2pix
==============================

A classifier's feature extractor turns digits into vectors; GAMO2pix turns vectors back into digits,
and with them every mixture of two digits of a class. As a script::

    python examples/plot_gamo2pix.py mixtures.png
"""

# %%
# Imbalanced digits, and GAMO's classifier
# ----------------------------------------
import argparse

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_digits

from imblearn_gan import GAMO2pix, GAMOClassifier
from imblearn_gan.datasets import make_longtailed

parser = argparse.ArgumentParser(description="Decode mixtures of features.")
parser.add_argument("picture", nargs="?", help="where to save the picture (PNG)")
parser.add_argument("--max-iter", type=int, default=1000)
args = parser.parse_args()

digits = load_digits()
counts = [120, 90, 70, 50, 40, 30, 20, 15, 10, 8]
X, y = make_longtailed(digits.images, digits.target, counts, random_state=0)
model = GAMOClassifier(max_iter=args.max_iter, random_state=0).fit(X, y)

# %%
# Back to images
# --------------
decoder = GAMO2pix(model.networks_["extractor"], max_iter=args.max_iter, random_state=0)
decoder.fit(X, y)
features, weights = decoder.transform(X), np.linspace(0, 1, 7)[:, None]

# %%
# Two digits of each class, mixed in seven steps
# ----------------------------------------------
#
# .. image:: /images/gamo2pix.png

# sphinx_gallery_thumbnail_path = "images/gamo2pix.png"
mixtures = []
for label in np.unique(y):
    first, second = features[y == label][:2]
    mixtures.append(decoder.decode((1 - weights) * first + weights * second, [label] * 7))
print("mixtures:", np.stack(mixtures).shape, mixtures[0].dtype)

_, axes = plt.subplots(10, 7, figsize=(3.5, 5))
for ax, image in zip(axes.flat, np.concatenate(mixtures)):
    ax.imshow(image, cmap="gray_r", vmin=0, vmax=16)
    ax.axis("off")
if args.picture:
    plt.savefig(args.picture, dpi=150, bbox_inches="tight")
    print("picture saved to", args.picture)
