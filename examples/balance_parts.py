"""
A table in many files, balanced part by part
============================================

Balance a table that lies in many Parquet files, part by part, on the workers of Dask.

The table is never in one memory. The sampler is trained once, on a sample with about so many rows
of each class at most; workers then draw the rows that each part is to get, with a stream of its
own, and write them under the part's real rows. It needs ``dask[dataframe,distributed]``. Without a
scheduler's address two processes of this machine are the cluster::

    python examples/balance_parts.py transactions balanced --label fraud
    python examples/balance_parts.py transactions balanced --label fraud \
        --scheduler tcp://10.0.0.1:8786
"""

import argparse
from pathlib import Path

import dask
import dask.dataframe as dd
import numpy as np
import pandas as pd
from dask.distributed import Client

from imblearn_gan import CGANOversampler


def sample_of(table, label, counts, cap, seed):
    """About ``cap`` rows of each class, all of one that has fewer, from all parts alike."""
    fractions = {name: min(1, cap / n) for name, n in counts.items()}

    def drawn(part, number):
        kept = [
            rows.sample(frac=fractions[name], random_state=np.random.RandomState([seed, number]))
            for name, rows in part.groupby(label, observed=True)
        ]
        return pd.concat(kept) if kept else part

    parts = [dask.delayed(drawn)(part, i) for i, part in enumerate(table.to_delayed())]
    return pd.concat(dask.compute(*parts), ignore_index=True)


def trained(sample, label, lacking, max_iter, seed):
    """A sampler that has learnt to make rows of the classes that lack some."""
    counts = sample[label].value_counts()
    # what fit_resample adds is not needed: one row a class, so that the class is learnt
    strategy = {name: int(counts[name]) + 1 for name in lacking}
    sampler = CGANOversampler(
        sampling_strategy=strategy, replay=0.0, max_iter=max_iter, random_state=seed
    )
    sampler.fit_resample(sample.drop(columns=label), sample[label])
    return sampler


def balance_part(part, number, sampler, counts, label, seed, folder):
    """Write a part with its share of generated rows; runs on a worker."""
    stream = np.random.RandomState([seed, number])  # of no other part, nor of another seed's
    X, y = sampler.sample(counts, random_state=stream)
    made = X.assign(**{label: y, "generated": True})[[*part.columns, "generated"]]
    whole = pd.concat([part.assign(generated=False), made], ignore_index=True)
    whole.to_parquet(Path(folder) / f"part.{number:05d}.parquet")
    return len(made)


def main():
    """Balance the table that the command line names."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("table", help="folder of Parquet files, or a pattern")
    parser.add_argument("output", type=Path, help="a new folder, that all workers can write to")
    parser.add_argument("--label", required=True, help="name of the column of labels")
    parser.add_argument("--scheduler", help="address of a Dask scheduler")
    parser.add_argument("--cap", type=int, default=100_000, help="rows of a class to learn from")
    parser.add_argument("--max-iter", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    args.output.mkdir()
    here = {"n_workers": 2, "threads_per_worker": 1, "dashboard_address": None}
    with Client(args.scheduler) if args.scheduler else Client(**here) as client:
        table = dd.read_parquet(args.table)
        counts = table[args.label].value_counts().compute()
        lacking = {name: int(counts.max() - n) for name, n in counts.items() if n < counts.max()}
        sample = sample_of(table, args.label, counts.to_dict(), args.cap, args.seed)
        sampler = client.scatter(
            trained(sample, args.label, lacking, args.max_iter, args.seed), broadcast=True
        )
        parts = table.to_delayed()

        def share(number):
            """How many rows of each class a part gets: all parts alike, give or take one."""
            return {
                name: n // len(parts) + (number < n % len(parts)) for name, n in lacking.items()
            }

        written = [
            dask.delayed(balance_part)(
                part, i, sampler, share(i), args.label, args.seed, args.output.resolve()
            )
            for i, part in enumerate(parts)
        ]
        print(f"{sum(dask.compute(*written)):,} rows were added to {counts.sum():,}")


if __name__ == "__main__":
    main()
