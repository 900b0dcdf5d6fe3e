"""Metrics: fidelity, diversity, memorisation, and what a sampler does for a classifier."""

from imblearn_gan.metrics._classification import acsa_score, gm_score, label_accuracy
from imblearn_gan.metrics._evaluation import evaluate_sampler
from imblearn_gan.metrics._features import by_class, extract_features, inception_features
from imblearn_gan.metrics._fidelity import frechet_distance, inception_score, v_score
from imblearn_gan.metrics._neighbors import density_coverage, memorized_fraction, precision_recall
from imblearn_gan.metrics._ssim import ssim_between, ssim_of_pairs, ssim_to_nearest
from imblearn_gan.metrics._summary import SamplerEvaluation

__all__ = [
    "SamplerEvaluation",
    "acsa_score",
    "by_class",
    "density_coverage",
    "evaluate_sampler",
    "extract_features",
    "frechet_distance",
    "gm_score",
    "inception_features",
    "inception_score",
    "label_accuracy",
    "memorized_fraction",
    "precision_recall",
    "ssim_between",
    "ssim_of_pairs",
    "ssim_to_nearest",
    "v_score",
]
