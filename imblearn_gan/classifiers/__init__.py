"""Classifiers: where a paper's product is one."""

from imblearn_gan.classifiers._dos import DOSClassifier
from imblearn_gan.classifiers._gamo import GAMOClassifier
from imblearn_gan.classifiers._resnet import ResNetClassifier

__all__ = ["DOSClassifier", "GAMOClassifier", "ResNetClassifier"]
