"""What the tests of several metrics look at."""

import numpy as np
from torch import nn

RNG = np.random.default_rng(0)
REAL, FAKE = RNG.normal(size=(60, 4)), RNG.normal(0.5, 1.5, size=(40, 4))
IMAGES = RNG.integers(256, size=(12, 16, 20, 3), dtype=np.uint8)
LABELS = np.repeat([0, 1], [30, 10])
TABLE = RNG.normal(size=(40, 3)) + LABELS[:, None]
for shared in (REAL, FAKE, IMAGES, LABELS, TABLE):  # pandas 2 makes frames that are views
    shared.setflags(write=False)


class Vectors(nn.Module):
    def __init__(self, num_features):
        super().__init__()
        self.num_features = num_features

    def forward(self, x):
        return x
