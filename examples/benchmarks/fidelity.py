"""What generated images are like, by class that lacks rows.

The fraction that a reference classifier, trained on all images, gives the label asked for; the
Fréchet distance, in its features, to real images that the profile leaves out; SSIM of pairs; the
fraction that is nearer to a training image than those are to each other; and the V-score of the
sampler's codes of images left out. The fidelity of 'none' is that of the training images.
"""

import sys
import warnings

import joblib
import numpy as np
from classifiers import CNN
from sources import at_most, rows_of

from imblearn_gan import metrics


def reference_classifier(path, X, y, *, budget, device):
    """A classifier trained on all images; kept in a file."""
    if not path.exists():
        max_iter = {"full": 60_000, "small": 6000}.get(budget) or int(budget)
        model = CNN(balance="batches", max_iter=max_iter, random_state=0, device=device)
        joblib.dump(model.fit(X, y), path)
    return joblib.load(path)


def fidelity(sampler, part, X_res, y_res, reference):
    """Measures, and the images that they are of."""
    labels, counts = np.unique(part.y, return_counts=True)
    rare = labels[counts < counts.max()].tolist()
    X_new, y_new = made(sampler, part, X_res, y_res, rare)
    X_real, y_real = at_most(1000, part.X_left, part.y_left)

    def figures(metric, *sets, **options):
        """The first figure that a metric gives, by class; None where rows are too few."""
        try:
            frame = metrics.by_class(metric, *sets, **options).set_index("class")
        except ValueError as error:  # of all classes
            print(f"{metric.__name__} is left out: {error}", file=sys.stderr)
            return [None] * len(rare)
        found = frame.iloc[:, 0].reindex(rare).round(4)
        return found.astype(object).where(found.notna(), None).tolist()

    real, new = (X_real, y_real), (X_new, y_new)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of too few rows: said in the docs
        found = {
            "rare": rare,
            "own_class": figures(metrics.label_accuracy, *new, classifier=reference),
            "frechet": figures(metrics.frechet_distance, *real, *new, features=reference),
            "ssim": figures(metrics.ssim_of_pairs, *real, *new, random_state=0),
        }
        if sampler is not None:
            found["memorized"] = figures(metrics.memorized_fraction, part.X, part.y, *new)
    if hasattr(sampler, "encode") and len(part.y_left):
        X_some, y_some = at_most(200, part.X_left, part.y_left)
        codes = sampler.encode(X_some, y_some)
        found["v_score"] = round(metrics.v_score(codes, y_some, random_state=0), 4)
    return found, X_new, y_new


def made(sampler, part, X_res, y_res, rare):
    """A thousand rows a class, or as many as a sampler made."""
    if sampler is None:
        lacking = np.isin(part.y, rare)
        return rows_of(part.X, lacking), part.y[lacking]
    if hasattr(sampler, "sample"):
        return sampler.sample(dict.fromkeys(rare, 1000), random_state=0)
    added = slice(len(part.X), None)
    return at_most(1000, rows_of(X_res, added), y_res[added])


def save_picture(path, X, y, X_new, y_new, n=12):
    """Real (left) and generated (right) images, one class a row."""
    from matplotlib.figure import Figure

    classes = np.unique(y_new)
    figure = Figure(figsize=(n + 0.5, 0.5 * len(classes)))
    grid = figure.subplots(len(classes), 2 * n + 1, squeeze=False)
    for row, label in zip(grid, classes):
        blocks = (X[y == label][:n], row[:n]), (X_new[y_new == label][:n], row[n + 1 :])
        for images, places in blocks:
            for place, image in zip(places, images):
                place.imshow(image, cmap="gray_r")
        for place in row:
            place.axis("off")
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=70, bbox_inches="tight")
