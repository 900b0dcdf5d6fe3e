"""From what users pass as ``X`` and ``y`` to tensors, and back.

The only place for containers, layout, scaling, clipping, rounding, dtypes and categories. It
knows nothing of the rest of the package.
"""

from imblearn_gan.data.checks import check_bytes, warn_user
from imblearn_gan.data.codec import DataCodec
from imblearn_gan.data.columns import Column, column_kind, first_of
from imblearn_gan.data.containers import column_of, is_missing, missing_in, to_native
from imblearn_gan.data.frames import Origin, is_frame, take, to_pandas
from imblearn_gan.data.labels import LabelCodec, check_no_label_missing, label_keys, plain_labels
from imblearn_gan.data.sliced import lie_in_file
from imblearn_gan.data.spec import DataSpec
from imblearn_gan.data.stack import RowStack
from imblearn_gan.data.table import Output

__all__ = [
    "Column",
    "DataCodec",
    "DataSpec",
    "LabelCodec",
    "Origin",
    "Output",
    "RowStack",
    "check_bytes",
    "check_no_label_missing",
    "column_kind",
    "column_of",
    "first_of",
    "is_frame",
    "is_missing",
    "label_keys",
    "lie_in_file",
    "missing_in",
    "plain_labels",
    "take",
    "to_native",
    "to_pandas",
    "warn_user",
]
