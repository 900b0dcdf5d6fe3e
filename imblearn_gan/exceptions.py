"""Warnings of this package."""

__all__ = ["CollapseWarning"]


class CollapseWarning(UserWarning):
    """Generated rows of some class have collapsed, or columns of them.

    ``fit_resample`` of every sampler gives one, which names classes and columns; the figures are
    in the sampler's ``diagnostics_``. It is given if, in a class of three rows or more,

    - generated rows spread less than 5 % as far as real ones: the root of the summed variances of
      all encoded values;
    - more than half of them nearly repeat another one, where real rows do not: within 0.3 % of
      the spread of real rows;
    - more than three quarters of the pixels of images, or of the values of a column, lie at the
      ends of their range, where those of real rows do not;
    - the standard deviation of a column is below 10 % of that of real rows, or of their
      interquartile range if that is smaller;
    - one level of a column has 95 % of the rows, or a level never appears, though 10 % of real
      rows, and enough to expect seven such generated ones, are otherwise.

    Columns count from ten rows of a class on, and from one in twenty columns on.

    Examples
    --------
    >>> import warnings
    >>> from imblearn_gan.exceptions import CollapseWarning
    >>> warnings.simplefilter("error", CollapseWarning)  # never go on with such rows
    >>> warnings.simplefilter("default", CollapseWarning)
    """
