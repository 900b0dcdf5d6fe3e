"""Displays of what samplers have learnt, in scikit-learn's manner.

Each display has class methods ``from_...`` that compute what is shown and call ``plot``, which
draws it with matplotlib, on axes of one's own (``ax``) or on a new figure. Nothing is shown on
the screen or saved: that is left to the caller. What is drawn from a sampler is drawn with a
``random_state`` of the display, so that looking does not change what the sampler draws next.
"""

from imblearn_gan.inspection._codes import CodesDisplay
from imblearn_gan.inspection._confusion import ConfusionDisplay
from imblearn_gan.inspection._generated import GeneratedImagesDisplay
from imblearn_gan.inspection._history import TrainingHistoryDisplay
from imblearn_gan.inspection._interpolation import InterpolationDisplay
from imblearn_gan.inspection._marginals import MarginalsDisplay
from imblearn_gan.inspection._neighbors import NearestNeighborsDisplay
from imblearn_gan.inspection._projection import ProjectionDisplay

__all__ = [
    "CodesDisplay",
    "ConfusionDisplay",
    "GeneratedImagesDisplay",
    "InterpolationDisplay",
    "MarginalsDisplay",
    "NearestNeighborsDisplay",
    "ProjectionDisplay",
    "TrainingHistoryDisplay",
]
