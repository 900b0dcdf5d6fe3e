"""One table of small instances: every common check runs over all of them.

A new sampler joins by one line.
"""

from imblearn_gan import GAMOClassifier, GAMOOversampler

SAMPLERS = [
    GAMOOversampler(max_iter=5, batch_size=16, random_state=0),
]

CLASSIFIERS = [
    GAMOClassifier(max_iter=150, batch_size=16, random_state=0),
]
