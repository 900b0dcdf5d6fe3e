"""What large and sparse tables may take: memory, measured in a process of its own, and density."""

import subprocess
import sys
from textwrap import dedent

import numpy as np
import pytest
from scipy import sparse

from imblearn_gan import BAGANOversampler, CGANOversampler, GAMOOversampler
from imblearn_gan.data import DataCodec

pytestmark = pytest.mark.slow


def peak(program):
    """The most memory that a process took which ran a program, in GiB, and what it printed."""
    pytest.importorskip("resource")
    begin = "import warnings, resource, numpy as np, pandas as pd; warnings.simplefilter('ignore')"
    end = "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    text = "\n".join([begin, dedent(program), end])
    ran = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr[-2000:]
    *printed, size = ran.stdout.split()
    return int(size) / (2**30 if sys.platform == "darwin" else 2**20), printed


def test_a_million_rows_with_a_hundred_thousand_levels():
    size, printed = peak(
        """
        from imblearn_gan import CGANOversampler
        from imblearn_gan.data import DataCodec
        r, n = np.random.RandomState(0), 1_000_000
        levels = np.array([f"S{i:06d}" for i in range(100_000)], dtype=object)
        shop = levels[r.permutation(np.arange(n) % 100_000)]
        X = pd.DataFrame({"paid": r.exponential(size=n), "shop": shop})
        y = (np.arange(n) % 20 == 0).astype(int)
        codec = DataCodec().fit(X, y)
        print(codec.encode(X).shape[1])
        X_res, y_res = CGANOversampler(max_iter=2, random_state=0).fit_resample(X, y)
        assert (y_res == 1).sum() == (y_res == 0).sum()
        own = set(X["shop"][y == 1])
        print(X_res["shop"][n:].isin(own).mean())
        """
    )
    assert size < 4
    assert printed == ["65", "1.0"]


def test_a_column_of_ids_takes_no_matrix():
    # two processes: what libraries take before is not what is measured
    sizes = [
        peak(
            f"""
            from imblearn_gan import GAMOOversampler
            n = 20_000
            X = pd.DataFrame({{"paid": np.random.RandomState(0).rand(n)}})
            X["account"] = [f"A{{i % {n_levels}:06d}}" for i in range(n)]
            GAMOOversampler(max_iter=2, random_state=0).fit_resample(X, np.arange(n) < n // 20)
            """
        )[0]
        for n_levels in (20, 20_000)
    ]
    one_hot_rows = 4 * 20_000**2 / 2**30
    assert sizes[1] - sizes[0] < one_hot_rows / 10


@pytest.mark.parametrize("form", ["csr", "csc"])
def test_to_learn_a_sparse_table_takes_no_dense_copy(form):
    import tracemalloc

    X = sparse.random(20_000, 300, 0.002, format=form, random_state=0)
    y = np.arange(X.shape[0]) % 2
    tracemalloc.start()
    try:
        DataCodec().fit(X, y)
        size = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert size < 8 * np.prod(X.shape) / 2


def counted(n_columns=120):
    """Rows of few words; class 1 has three times as many."""
    r, y = np.random.RandomState(0), np.repeat([0, 1], [300, 60])
    there = r.rand(len(y), n_columns) < np.array([0.02, 0.06])[y][:, None]
    return sparse.csr_matrix(there * (0.1 + r.rand(*there.shape))), y


@pytest.mark.parametrize(
    "sampler",
    [
        CGANOversampler(replay=0.0, max_iter=400, random_state=0),
        GAMOOversampler(max_iter=100, random_state=0),
        BAGANOversampler(replay=0.0, pretrain_iter=400, max_iter=400, random_state=0),
    ],
    ids=lambda sampler: type(sampler).__name__,
)
def test_generated_rows_are_as_sparse_as_their_class(sampler):
    X, y = counted()
    X_res, y_res = sampler.fit_resample(X, y)
    assert X_res.format == "csr"
    made = X_res[len(y) :]
    assert (y_res[len(y) :] == 1).all()
    real = X[y == 1]
    density = (made.nnz / np.prod(made.shape)) / (real.nnz / np.prod(real.shape))
    assert 1 / 1.5 < density < 1.5


PEAK = """
import resource, sys
import numpy as np, torch
from scipy import sparse
from imblearn_gan import CGANOversampler, GAMOOversampler

torch.set_num_threads(1)
X = sparse.random(20_000, 1_500, density=0.005, format="csr", random_state=0, dtype=np.float32)
y = np.repeat([1, 0], [300, 19_700])

def fit(rows):
    for cls in (CGANOversampler, GAMOOversampler):
        sampler = cls(replay=0.0, max_iter=3, sampling_strategy={1: 310}, random_state=0)
        sampler.fit_resample(X[:rows], y[:rows])
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

print(-fit(1_000) + fit(20_000))
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="ru_maxrss is in KiB on Linux")
def test_sparse_rows_are_trained_on_without_a_dense_copy():
    """It would take 114 MiB in float32."""
    grown = int(
        subprocess.run(
            [sys.executable, "-W", "ignore", "-c", PEAK], check=True, capture_output=True
        ).stdout
    )
    assert grown < 60 * 1024


def test_sparse_rows_may_be_images():
    X, y = np.random.RandomState(0).rand(30, 8), np.repeat([0, 1], [20, 10])
    sampler = CGANOversampler(max_iter=2, image_shape=(2, 4), random_state=0)
    X_res, _ = sampler.fit_resample(sparse.csr_matrix(X), y)
    assert np.array_equal(X_res.toarray(), sampler.fit_resample(X, y)[0])


IMAGES = """
import re, sys
import numpy as np, torch
from imblearn_gan import {name}

torch.set_num_threads(1)

def memory(of):
    return int(re.search(of + r":\\s+(\\d+)", open("/proc/self/status").read())[1]) / 2**10

def grown(n):
    X = np.random.default_rng(0).integers(0, 256, (n, 3, 64, 64), dtype=np.uint8)
    y = np.arange(n) % 10 == 0
    before = memory("VmRSS")
    open("/proc/self/clear_refs", "w").write("5")
    X_res, _ = {name}(max_iter=2, random_state=0).fit_resample(X, y)
    return X.nbytes / 2**20, memory("VmHWM") - before - X_res.nbytes / 2**20

grown(100)
small, own = grown(100)
size, grew = grown(5_000)
print(size, own, grew)
"""


@pytest.mark.parametrize("name", ["CGANOversampler", "GAMOOversampler"])
@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_images_are_neither_encoded_nor_copied_as_a_whole(name):
    """As floats, in two copies, they would take eight times themselves."""
    program = IMAGES.format(name=name)
    ran = [sys.executable, "-W", "ignore", "-c", program]
    size, own, grew = map(
        float, subprocess.run(ran, check=True, capture_output=True).stdout.split()
    )
    assert grew < max(2 * size, own + size)


IN_FILE = """
import re
import numpy as np, torch
from imblearn_gan import CGANOversampler
from imblearn_gan.callbacks import MaxRowsPerClass

torch.set_num_threads(1)

def memory(of):
    return int(re.search(of + r":\\s+(\\d+)", open("/proc/self/status").read())[1]) / 2**10

BLOCK = np.random.default_rng(0).normal(size=(1009, 500)).astype(np.float32)

class Rows:
    ndim, dtype = 2, np.dtype(np.float32)

    def __init__(self, n):
        self.shape = (n, 500)

    def __getitem__(self, rows):
        first, last, _ = rows.indices(self.shape[0])
        return BLOCK[np.arange(first, last) % len(BLOCK)]

    def __setitem__(self, rows, values):
        assert values.shape == (rows.stop - rows.start, 500)

def balanced(n, *callbacks):
    y = np.arange(n) % 10 == 0
    sampler = CGANOversampler(max_iter=2, random_state=0, callbacks=callbacks)
    n_new = sum(sampler.fit(Rows(n), y).sampling_strategy_.values())
    sampler.fit_resample(Rows(n), y, out=Rows(n + n_new))

balanced(1000)
balanced(1000, MaxRowsPerClass(100))
before = memory("VmRSS")
open("/proc/self/clear_refs", "w").write("5")
balanced(60_000)  # its columns are looked at, some at a time
print(memory("VmHWM") - before)
open("/proc/self/clear_refs", "w").write("5")
balanced(200_000, MaxRowsPerClass(5_000))
print(memory("VmHWM") - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_rows_of_files_are_never_in_memory_as_a_whole():
    """They would take 114 and 381 MiB, and nearly as much again in the result."""
    ran = [sys.executable, "-W", "ignore", "-c", IN_FILE]
    whole, some = map(float, subprocess.run(ran, check=True, capture_output=True).stdout.split())
    assert whole < 110
    assert some < 150
