"""
Photographs in a folder
=======================

Photographs lie in a folder with a sub-folder a class, the layout of torchvision's ``ImageFolder``.
They are read, balanced, and written to another folder, in which the names of generated images say
what they are. As a script::

    python examples/plot_image_folder.py photographs.png

The same from a command line, without a line of Python::

    python -m imblearn_gan balance photographs --image-folder --image-size 16 --out balanced
"""

# %%
# A folder of photographs
# -----------------------
# Cuts of the two photographs that scikit-learn brings: a temple, and a rare flower.
import argparse
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_sample_images
from sklearn.feature_extraction.image import extract_patches_2d

from imblearn_gan import CGANOversampler
from imblearn_gan.datasets import load_image_folder, save_image_folder
from imblearn_gan.inspection import GeneratedImagesDisplay

parser = argparse.ArgumentParser(description="Balance a folder of photographs.")
parser.add_argument("picture", nargs="?", help="where to save the picture of images (PNG)")
parser.add_argument("--max-iter", type=int, default=500)
args = parser.parse_args()

workplace = TemporaryDirectory()
photographs = Path(workplace.name) / "photographs"
temple, flower = load_sample_images().images
cuts = [
    extract_patches_2d(image, (64, 64), max_patches=n, random_state=0)
    for image, n in ((temple, 200), (flower, 40))
]
save_image_folder(photographs, np.concatenate(cuts), ["temple"] * 200 + ["flower"] * 40)
print(sorted(folder.name for folder in photographs.iterdir()))

# %%
# Read, balance, write
# --------------------
# Images of unlike sizes are brought to one; GANs learn small ones sooner.
X, y = load_image_folder(photographs, image_size=16, return_X_y=True)
print(X.shape, X.dtype, dict(Counter(y.tolist())))
sampler = CGANOversampler(max_iter=args.max_iter, random_state=0)
X_res, y_res = sampler.fit_resample(X, y)

balanced = Path(workplace.name) / "balanced"
files = save_image_folder(balanced, X_res, y_res, mask=sampler.synthetic_mask_)
print(files[0].relative_to(balanced), "is real,", end=" ")
print(files[np.flatnonzero(sampler.synthetic_mask_)[0]].relative_to(balanced), "is generated")
for folder in sorted(balanced.iterdir()):
    n_synthetic = len(list(folder.glob("synthetic_*.png")))
    print(f"{folder.name}: {len(list(folder.iterdir()))} images, {n_synthetic} of them generated")

# %%
# For torchvision
# ---------------
# ``torchvision.datasets.ImageFolder(balanced)`` reads the folder. To leave the generated images
# out, in the last epochs for example, it takes a function that is asked of each file::
#
#     ImageFolder(balanced, is_valid_file=lambda file: "synthetic_" not in file)

# %%
# Real photographs and generated ones
# -----------------------------------
#
# .. image:: /images/examples/image_folder.png

# sphinx_gallery_thumbnail_path = "images/examples/image_folder.png"
GeneratedImagesDisplay.from_resampled(X_res, y_res, sampler.synthetic_mask_, n_images=8)
if args.picture:
    plt.savefig(args.picture, dpi=150)
workplace.cleanup()
