"""Fresh generated rows in every epoch, beside one balanced set, before a network of PyTorch.

The nine tables of ``members.py``, three folds; a network of one layer of 64 units learns from
batches of 64 rows, 50 epochs of the balanced set, of

``random oversampling``        real rows, every class as often
``CWGANGPOversampler``         one balanced set, the same in every epoch
``CWGANGPOversampler, fresh``  real rows as many as there, and generated ones that are new in
                               every epoch

and decides at .5::

    python examples/benchmarks/fresh_rows.py --output docs/results/fresh_rows.jsonl
    python examples/benchmarks/report.py docs/results/fresh_rows.jsonl
"""

import argparse
from pathlib import Path

import records
import torch
from members import all_folds, measures
from run import surroundings
from sklearn.preprocessing import StandardScaler
from torch import nn

from imblearn_gan import CWGANGPOversampler
from imblearn_gan.torch import BalancedBatches

N_EPOCHS, BATCH_SIZE = 50, 64


def learnt(batches, n_features, seed):
    """A network that has seen the batches of all epochs."""
    torch.manual_seed(seed)
    network = nn.Sequential(nn.Linear(n_features, 64), nn.ReLU(), nn.Linear(64, 2))
    optimizer = torch.optim.Adam(network.parameters())
    for _ in range(N_EPOCHS):
        for x, y, _ in batches:
            optimizer.zero_grad()
            nn.functional.cross_entropy(network(x), y).backward()
            optimizer.step()
    return network


def fold(name, number, X, y, X_test, y_test):
    """The records of one fold."""
    scaler = StandardScaler().fit(X)

    def scaled(rows):
        return torch.from_numpy(scaler.transform(rows)).float()

    sampler = CWGANGPOversampler(random_state=number)
    one_set = sampler.fit_resample(X, y)
    common = {"batch_size": BATCH_SIZE, "transform": scaled, "random_state": number}
    kinds = {
        "random oversampling": BalancedBatches(X, y, **common),
        "CWGANGPOversampler": BalancedBatches(*one_set, **common),
        "CWGANGPOversampler, fresh": BalancedBatches(X, y, sampler, **common),
    }
    for method, batches in kinds.items():
        network = learnt(batches, X.shape[1], number)
        with torch.no_grad():
            p = network(scaled(X_test)).softmax(dim=1)[:, 1].numpy()
        yield records.Record(
            dataset=f"keel:{name}",
            method=method,
            classifier="network",
            seed=number,
            split="folds:3",
            measures=measures(y_test, p),
            labels=[0, 1],
            **surroundings(),
        )


def main():
    """Measure all tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", type=Path, required=True, help="file of results")
    output = parser.parse_args().output
    records.resume(output)
    for rows in all_folds():
        for record in fold(*rows):
            records.append(output, record)


if __name__ == "__main__":
    main()
