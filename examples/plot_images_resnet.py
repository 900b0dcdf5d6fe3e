"""
Images and a ResNet in one pipeline
===================================

Imbalanced digits go through a sampler into a ResNet-18, in one pipeline that is fitted, scored and
cloned like any other. As a script::

    python examples/plot_images_resnet.py confusion.png
"""

# %%
# Imbalanced digits
# -----------------
import argparse

import matplotlib.pyplot as plt
import numpy as np
from imblearn.metrics import geometric_mean_score
from imblearn.pipeline import make_pipeline
from sklearn.datasets import load_digits
from sklearn.metrics import balanced_accuracy_score

from imblearn_gan import BAGANOversampler, ResNetClassifier
from imblearn_gan.datasets import make_longtailed
from imblearn_gan.inspection import ConfusionDisplay

parser = argparse.ArgumentParser(description="Samplers before a ResNet.")
parser.add_argument("picture", nargs="?", help="where to save the picture of confusions (PNG)")
parser.add_argument("--max-iter", type=int, default=500)
parser.add_argument("--max-epochs", type=int, default=20)
args = parser.parse_args()

images, labels = load_digits().images, load_digits().target
counts = [120, 90, 70, 50, 40, 30, 20, 15, 10, 8]
rows, y = make_longtailed(np.arange(len(labels))[:, None], labels, counts, random_state=0)
X, test = images[rows.ravel()], np.setdiff1d(np.arange(len(labels)), rows)
X_test, y_test = images[test], labels[test]

# %%
# The set as it is, with class weights, and balanced
# --------------------------------------------------
settings = {"width": 8, "max_epochs": args.max_epochs, "random_state": 0}
bagan = BAGANOversampler(pretrain_iter=2 * args.max_iter, max_iter=args.max_iter, random_state=0)
models = {
    "as it is": ResNetClassifier(**settings),
    "class weight": ResNetClassifier(class_weight="balanced", **settings),
    "balanced by BAGAN": make_pipeline(bagan, ResNetClassifier(**settings)),
}
predicted = {name: model.fit(X, y).predict(X_test) for name, model in models.items()}
for name, found in predicted.items():
    scores = balanced_accuracy_score(y_test, found), geometric_mean_score(y_test, found)
    print("{:18} balanced accuracy {:.3f}, geometric mean {:.3f}".format(name, *scores))

# %%
# Which digits are taken for which
# --------------------------------
#
# .. image:: /images/examples/images_resnet.png

# sphinx_gallery_thumbnail_path = "images/examples/images_resnet.png"
ConfusionDisplay.from_predictions(y_test, predicted["as it is"], predicted["balanced by BAGAN"])
if args.picture:
    plt.savefig(args.picture, dpi=150)
