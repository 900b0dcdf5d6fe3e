"""
Balanced batches in a PyTorch loop
==================================

A training loop of one's own needs no balanced set: it needs balanced batches, and they can hold
rows that no epoch before has seen. As a script::

    python examples/plot_pytorch_loop.py recalls.png
"""

# %%
# Imbalanced digits
# -----------------
import argparse

import matplotlib.pyplot as plt
import numpy as np
import torch
from sklearn.datasets import load_digits
from sklearn.metrics import recall_score
from torch import nn

from imblearn_gan import CGANOversampler
from imblearn_gan.datasets import make_longtailed
from imblearn_gan.torch import BalancedBatches

parser = argparse.ArgumentParser(description="Balanced batches in a PyTorch loop.")
parser.add_argument("picture", nargs="?", help="where to save the picture of recalls (PNG)")
parser.add_argument("--max-iter", type=int, default=1000)
parser.add_argument("--epochs", type=int, default=30)
args = parser.parse_args()

images, labels = load_digits().images, load_digits().target
counts = [120, 90, 70, 50, 40, 30, 20, 15, 10, 8]
rows, y = make_longtailed(np.arange(len(labels))[:, None], labels, counts, random_state=0)
X, test = images[rows.ravel()], np.setdiff1d(np.arange(len(labels)), rows)

# %%
# A sampler, trained once
# -----------------------
sampler = CGANOversampler(max_iter=args.max_iter, random_state=0)
sampler.fit_resample(X, y)  # what it returns is not needed here


def to_input(images):
    """Return images as a network takes them."""
    return torch.as_tensor(images).float()[:, None] / 16


# %%
# Two loops
# ---------
# One sees balanced batches of real rows alone, the other generated ones, too, which are new in each
# epoch and weigh half as much.
def train(sampler):
    """Return the recall of each class on the digits left out."""
    torch.manual_seed(0)
    network = nn.Sequential(
        nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(16, 32, 3), nn.ReLU(),
        nn.Flatten(), nn.Linear(128, 10),
    )  # fmt: skip
    optimizer = torch.optim.AdamW(network.parameters(), lr=2e-3)
    batches = BalancedBatches(X, y, sampler, batch_size=32, transform=to_input, random_state=0)
    for _ in range(args.epochs):
        for x, target, synthetic in batches:
            loss = nn.functional.cross_entropy(network(x), target, reduction="none")
            weight = torch.where(synthetic, 0.5, 1.0)
            optimizer.zero_grad()
            (loss * weight).mean().backward()
            optimizer.step()
    with torch.no_grad():
        predicted = batches.classes_[network(to_input(images[test])).argmax(dim=1).numpy()]
    return recall_score(labels[test], predicted, average=None)


recalls = {"real rows": train(None), "real and generated rows": train(sampler)}
for name, recall in recalls.items():
    print(f"{name:24} balanced accuracy {recall.mean():.3f}, lowest recall {recall.min():.3f}")

# %%
# Recalls by class
# ----------------
#
# .. image:: /images/examples/pytorch_loop.png

# sphinx_gallery_thumbnail_path = "images/examples/pytorch_loop.png"
_, ax = plt.subplots(figsize=(8, 3.2), layout="constrained")
for shift, (name, recall) in zip((-0.2, 0.2), recalls.items()):
    ax.bar(np.arange(10) + shift, recall, 0.4, label=name)
names = [f"{label}\n{n} rows" for label, n in enumerate(counts)]
ax.set(xticks=range(10), xticklabels=names, ylabel="recall", ylim=(0, 1))
ax.legend(loc="lower left")
if args.picture:
    plt.savefig(args.picture, dpi=150)
