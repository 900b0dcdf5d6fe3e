"""The command ``python -m imblearn_gan``: files in, balanced files out."""

from imblearn_gan._command.main import main

__all__ = ["main"]
