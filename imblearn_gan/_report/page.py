"""From a sampler and its data to a report."""

from __future__ import annotations

from typing import Any

from sklearn.base import clone
from sklearn.utils._optional_dependencies import check_matplotlib_support

from imblearn_gan._report.document import Report


def report(
    sampler: Any,
    X: Any,
    y: Any,
    *,
    title: str | None = None,
    n_images: int = 8,
    max_classes: int = 8,
    max_rows: int = 1000,
    random_state: Any = 0,
) -> Report:
    """Show on one page what a sampler makes of data.

    Rows by class; columns or images, real and generated; the real rows nearest to generated ones;
    all of them in two dimensions; losses; how many rows are learnt by heart; and what
    ``diagnostics_`` has found. It is for looking: whether the rows help a classifier is what
    :func:`imblearn_gan.metrics.evaluate_sampler` says. Needs matplotlib.

    Parameters
    ----------
    sampler : BaseGANOversampler
        A sampler. After ``fit_resample`` it is looked at as it is, and left as it is; if it has
        not been trained, a clone is, on X and y.

    X : {array-like, dataframe, sparse matrix} of shape (n_samples, ...)
        The real rows: a table or images.

    y : array-like of shape (n_samples,)
        Their labels.

    title : str or None, default=None
        The title of the page; None names the sampler.

    n_images : int, default=8
        How many images of each class are shown.

    max_classes : int, default=8
        How many classes are shown, the ones with the fewest rows; the tables hold all.

    max_rows : int, default=1000
        Most rows that are generated of each class, and most real ones that are projected.

    random_state : int, RandomState instance or None, default=0
        What is generated. None continues the sampler's own stream.

    Returns
    -------
    Report
        The page, which shows itself in a notebook; ``report.save('report.html')`` writes it,
        ``report.html`` is its text. Nothing is written unasked.

    Raises
    ------
    ImportError
        If matplotlib is not installed.

    sklearn.exceptions.NotFittedError
        If ``fit_resample`` had nothing to train, as the data were balanced.

    TypeError
        If ``sampler`` is none of this package.

    ValueError
        If X and y do not fit what the sampler has seen, or a parameter is wrong.

    Examples
    --------
    >>> from sklearn.datasets import make_classification
    >>> import imblearn_gan
    >>> X, y = make_classification(weights=[0.8, 0.2], random_state=0)
    >>> sampler = imblearn_gan.CGANOversampler(max_iter=30, random_state=0)
    >>> report = imblearn_gan.report(sampler, X, y)
    >>> report.title
    'CGANOversampler: what it makes of 100 rows'
    """
    check_matplotlib_support("report")
    # the displays take a while to import, and most programs need none
    from imblearn_gan._report.look import look_at
    from imblearn_gan._report.sections import parts
    from imblearn_gan.base import BaseGANOversampler
    from imblearn_gan.inspection._common import check_count, check_sampler

    for name, value in (("n_images", n_images), ("max_classes", max_classes)):
        check_count(name, value)
    check_count("max_rows", max_rows)
    if isinstance(sampler, BaseGANOversampler) and not hasattr(sampler, "sampling_strategy_"):
        sampler = clone(sampler)
        sampler.fit_resample(X, y)
    check_sampler(sampler)
    look = look_at(sampler, X, y, max_rows, max_classes, random_state)
    if title is None:
        title = f"{type(sampler).__name__}: what it makes of {len(look.y)} {look.what}"
    return Report(title, parts(look, title, n_images))
