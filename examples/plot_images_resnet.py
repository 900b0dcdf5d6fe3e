"""
Images and a ResNet in one pipeline
===================================

Imbalanced digits go through a sampler into a ResNet-18, in one pipeline that is fitted, scored and
cloned like any other::

    python examples/plot_images_resnet.py
"""

import argparse

from imblearn.metrics import geometric_mean_score
from imblearn.pipeline import make_pipeline
from plot_quick_start import imbalanced_digits
from sklearn.metrics import balanced_accuracy_score

from imblearn_gan import BAGANOversampler, ResNetClassifier


def main():
    """The set as it is, with class weights, and balanced."""
    parser = argparse.ArgumentParser(description="Samplers before a ResNet.")
    parser.add_argument("--max-iter", type=int, default=500)
    parser.add_argument("--max-epochs", type=int, default=20)
    args = parser.parse_args()
    X, y, X_test, y_test = imbalanced_digits()
    settings = {"width": 8, "max_epochs": args.max_epochs, "random_state": 0}
    bagan = BAGANOversampler(
        pretrain_iter=2 * args.max_iter, max_iter=args.max_iter, random_state=0
    )
    models = {
        "as it is": ResNetClassifier(**settings),
        "class weight": ResNetClassifier(class_weight="balanced", **settings),
        "balanced by BAGAN": make_pipeline(bagan, ResNetClassifier(**settings)),
    }
    for name, model in models.items():
        predicted = model.fit(X, y).predict(X_test)
        scores = balanced_accuracy_score(y_test, predicted), geometric_mean_score(y_test, predicted)
        print(f"{name:18} balanced accuracy {scores[0]:.3f}, geometric mean {scores[1]:.3f}")


if __name__ == "__main__":
    main()
