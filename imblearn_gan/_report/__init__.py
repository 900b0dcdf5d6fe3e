"""A report of what a sampler has made, for people who would rather look."""

from imblearn_gan._report.document import Report
from imblearn_gan._report.page import report

__all__ = ["Report", "report"]
