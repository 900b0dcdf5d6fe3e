"""Classifiers behind samplers, with probabilities that are right and decisions that are said."""

from imblearn_gan.resampled._classifier import ResampledClassifier
from imblearn_gan.resampled._priors import shift_priors

__all__ = ["ResampledClassifier", "shift_priors"]
