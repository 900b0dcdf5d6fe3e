"""Warnings of this package."""

__all__ = ["CollapseWarning"]


class CollapseWarning(UserWarning):
    """Generated rows of some class have collapsed, or columns of them.

    ``fit_resample`` of every sampler gives one, which names classes and columns; the figures are
    in the sampler's ``diagnostics_``.

    Examples
    --------
    >>> import warnings
    >>> from imblearn_gan.exceptions import CollapseWarning
    >>> warnings.simplefilter("error", CollapseWarning)  # never go on with such rows
    >>> warnings.simplefilter("default", CollapseWarning)
    """
