"""What the base keeps from ``fit_resample`` for later draws."""

import pickle

import numpy as np

from tests.samplers import labels, tiny


def test_byte_order_survives_pickling():
    X, y = np.random.RandomState(0).normal(size=(30, 2)), labels(20, 10)
    sampler = tiny()
    X_res, _ = sampler.fit_resample(X.astype(">f8"), y)
    assert X_res.dtype.str == ">f8"
    assert pickle.loads(pickle.dumps(sampler)).sample({1: 1})[0].dtype.str == ">f8"
