"""A grid search over sampler and network in two processes against one: must not be slower.

``GridSearchCV`` over CGAN's ``replay`` and ResNet-18's ``learning_rate`` on digits, ``n_jobs=1``
and ``n_jobs=2`` in turn; median seconds and their ratio::

    python examples/benchmarks/bench_grid_search.py
"""

import argparse
import statistics
import time

import torch
from imblearn.pipeline import make_pipeline
from sklearn.datasets import load_digits
from sklearn.model_selection import GridSearchCV

from imblearn_gan import CGANOversampler
from imblearn_gan.classifiers import ResNetClassifier
from imblearn_gan.datasets import make_longtailed

GRID = {"cganoversampler__replay": [0.5, 0.75], "resnetclassifier__learning_rate": [1e-3, 3e-3]}


def main():
    """Print seconds and their ratio."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--max-iter", type=int, default=200)
    parser.add_argument("--max-epochs", type=int, default=3)
    args = parser.parse_args()
    digits = load_digits()
    X, y = make_longtailed(digits.images, digits.target, 10, random_state=0)
    model = make_pipeline(
        CGANOversampler(max_iter=args.max_iter, random_state=0),
        ResNetClassifier(width=8, max_epochs=args.max_epochs, random_state=0),
    )
    seconds = {1: [], 2: []}
    scores = {}
    for _ in range(args.repeats):
        for n_jobs, taken in seconds.items():
            start = time.perf_counter()
            search = GridSearchCV(model, GRID, cv=3, n_jobs=n_jobs, refit=False).fit(X, y)
            taken.append(time.perf_counter() - start)
            scores[n_jobs] = search.cv_results_["mean_test_score"].round(3).tolist()
    print(f"torch {torch.__version__}, {torch.get_num_threads()} threads, {len(X)} images")
    for n_jobs, taken in seconds.items():
        print(f"n_jobs={n_jobs}: {statistics.median(taken):.1f} s, accuracies {scores[n_jobs]}")
    ratios = [two / one for one, two in zip(seconds[1], seconds[2])]
    print(f"ratio: {statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})")


if __name__ == "__main__":
    main()
