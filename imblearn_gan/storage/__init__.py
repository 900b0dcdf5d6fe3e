"""Files that hold values and run no code: tensors as safetensors, all else as JSON.

It knows no estimator: what may be an object of which class is said by its callers.
"""

from imblearn_gan.storage.files import FORMAT, read, write
from imblearn_gan.storage.frames import Unwritable
from imblearn_gan.storage.values import Classes, Reader, Writer, digest

__all__ = ["FORMAT", "Classes", "Reader", "Unwritable", "Writer", "digest", "read", "write"]
