"""
Does it help on my data?
========================

One call scores a sampler against the set as it is, class weights, random oversampling and SMOTE, on
the same folds, and says by how much it leads and how sure that is::

    python examples/plot_compare_samplers.py
"""

import argparse

from imblearn.datasets import make_imbalance
from sklearn.datasets import load_breast_cancer

from imblearn_gan import CGANOversampler
from imblearn_gan.metrics import evaluate_sampler


def main():
    """Five folds, twice."""
    parser = argparse.ArgumentParser(description="Compare a sampler with strong baselines.")
    parser.add_argument("--max-iter", type=int, default=500)
    max_iter = parser.parse_args().max_iter
    X, y = make_imbalance(
        *load_breast_cancer(return_X_y=True), sampling_strategy={0: 30, 1: 357}, random_state=0
    )
    evaluation = evaluate_sampler(CGANOversampler(max_iter=max_iter), X, y, random_state=0)
    print(evaluation)


if __name__ == "__main__":
    main()
