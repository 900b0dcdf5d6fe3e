"""temporary"""
import numpy as np
from imblearn_gan._data import DataCodec, DataSpec, check_no_label_missing, is_pandas as is_frame, to_native
from imblearn_gan._data import LabelCodec as _Old


class LabelCodec:
    def fit(self, labels):
        self._old = _Old().fit(labels)
        self.classes_ = self._old.classes_
        self.counts_ = np.bincount(self._old.codes_)
        return self

    def plain(self, labels):
        return _Old().fit(labels).labels_

    def encode(self, labels):
        return self._old.codes_of(labels)

    def decode(self, y):
        return self._old.decode(self.classes_[y])
