"""Digits that the displays show, and where they are drawn."""

import numpy as np
from sklearn.datasets import load_digits

SMALL = {"pretrain_iter": 3, "max_iter": 3, "batch_size": 8, "random_state": 0}

digits, digit_of = load_digits(n_class=3, return_X_y=True)
rows = np.concatenate([np.flatnonzero(digit_of == k)[:n] for k, n in enumerate([40, 20, 5])])
X, Y = digits[rows].reshape(-1, 8, 8), np.array(["zero", "one", "two"])[digit_of[rows]]
CLASSES = ["one", "two"]  # that are generated
BLOCK_GAP = 4  # more pixels between blocks of images than between images of 8 pixels


def drawn(display, row, column, gap=0):
    """The image at a place of the grid, as it was drawn; ``gap``: blanks of blocks before."""
    canvas = np.asarray(display.im_.get_array())
    top, left = 9 * row, 9 * column + gap
    return canvas[top : top + 8, left : left + 8]


def same(image, pixels):
    return np.allclose(image, np.asarray(pixels) / 16, atol=1e-6)
