"""Write the small stored file of format 1: ``python -m tests.storage.format_1``."""

from pathlib import Path

import numpy as np
import pandas as pd

from imblearn_gan import CGANOversampler
from imblearn_gan.networks import MLPFamily

FILES = Path(__file__).parent / "files"


def main():
    """Train for a moment, store, and note what is drawn."""
    stream = np.random.RandomState(0)
    days = pd.Series(pd.date_range("2020-01-01", periods=40, tz="Europe/Paris", unit="s"))
    X = pd.DataFrame(
        {
            "number": stream.normal(size=40),
            "word": pd.Categorical(stream.choice(["low", "high", "é"], 40)),
            "day": days,
        }
    )
    X.loc[::7, "number"] = np.nan
    y = pd.Series(["often"] * 30 + ["rare"] * 10)
    family = MLPFamily(hidden=(4,))
    sampler = CGANOversampler(
        latent_dim=2, architecture=family, max_iter=3, batch_size=8, random_state=0
    )
    sampler.fit_resample(X, y)
    sampler.save(FILES / "format_1.safetensors")
    sampler.sample({"rare": 4}, random_state=0)[0].to_csv(FILES / "format_1.csv")


if __name__ == "__main__":
    main()
