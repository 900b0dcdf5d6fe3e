"""One table of small instances: every common check runs over all of them.

A new sampler joins by one line.
"""

from imblearn_gan import (
    ACGANOversampler,
    BAGANGPOversampler,
    BAGANOversampler,
    CAPGANOversampler,
    CGANOversampler,
    CVAEOversampler,
    CWGANGPOversampler,
    DeepSMOTEOversampler,
    DOSClassifier,
    GAMOClassifier,
    GAMOOversampler,
    GANDAOversampler,
    GANOversampler,
    ResNetClassifier,
)

_SMALL = {"pretrain_iter": 3, "max_iter": 3, "batch_size": 16, "random_state": 0}
_PLAIN = {"max_iter": 3, "batch_size": 16, "random_state": 0}

SAMPLERS = [
    GAMOOversampler(max_iter=5, batch_size=16, random_state=0),
    BAGANOversampler(**_SMALL),
    BAGANGPOversampler(**_SMALL),
    CAPGANOversampler(**_SMALL),
    GANDAOversampler(**_SMALL),
    GANOversampler(**_PLAIN),
    CGANOversampler(**_PLAIN),
    CVAEOversampler(**_PLAIN),
    DeepSMOTEOversampler(**_PLAIN),
    ACGANOversampler(**_PLAIN),
    CWGANGPOversampler(n_discriminator_steps=2, **_PLAIN),
]

CLASSIFIERS = [
    DOSClassifier(pretrain_iter=50, max_iter=150, batch_size=16, random_state=0),
    GAMOClassifier(max_iter=150, batch_size=16, random_state=0),
]

# for images only: tests/test_resnet.py has its own checks
IMAGE_CLASSIFIERS = [ResNetClassifier(width=2, max_epochs=2, random_state=0)]
