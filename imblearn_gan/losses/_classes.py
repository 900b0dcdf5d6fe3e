"""Losses of a softmax over classes, as pure functions of tensors."""

from __future__ import annotations

from torch import Tensor
from torch.nn import functional

#: How many times larger than cosines the logits are whose margins LDAM's authors set.
LDAM_SCALE = 30


def ldam_loss(
    logits: Tensor,
    y: Tensor,
    class_counts: Tensor,
    weights: Tensor | None = None,
    max_margin: float = 0.5,
    scale: float = LDAM_SCALE,
) -> Tensor:
    """Return the label-distribution-aware margin loss, whose margins are wider for rare classes.

    The margin of class j is ``C / n_j ** (1 / 4)``, with C such that the rarest class has
    ``max_margin``: eq. (13) in [1]_.

    Parameters
    ----------
    logits : Tensor of shape (n_samples, n_classes)
        ``scale`` times the cosines between the features of rows and the weights of classes.

    y : Tensor of shape (n_samples,)
        Class codes.

    class_counts : Tensor of shape (n_classes,)
        n_j, how many rows each class has.

    weights : Tensor of shape (n_samples,) or None, default=None
        Weights of the rows; None weighs all the same.

    max_margin : float, default=0.5
        Margin of the rarest class, among cosines: the authors' value.

    scale : float, default=30
        How many times larger than cosines the logits are: the authors' value.

    Returns
    -------
    Tensor of shape ()
        Mean over rows.

    References
    ----------
    .. [1] K. Cao, C. Wei, A. Gaidon, N. Arechiga and T. Ma, "Learning imbalanced datasets with
       label-distribution-aware margin loss", NeurIPS 2019.

    Examples
    --------
    >>> import torch
    >>> from imblearn_gan.losses import ldam_loss
    >>> logits, y = 30 * torch.tensor([[0.5, 0.0]]), torch.tensor([0])
    >>> ldam_loss(logits, y, torch.tensor([1, 16]))
    tensor(0.6931)
    """
    margins = class_counts.to(logits.device).float().pow(-0.25)
    margins = scale * max_margin * margins / margins.max()
    own = functional.one_hot(y, logits.shape[1])
    return softmax_loss(logits.float() - own * margins, y, weights)


def logit_adjusted_loss(
    logits: Tensor, y: Tensor, priors: Tensor, tau: float = 1.0, weights: Tensor | None = None
) -> Tensor:
    """Return the cross entropy of logits to which log-priors of the classes were added.

    The logits themselves then are those of balanced classes: eq. (10) in [1]_; with ``tau=1``
    the balanced softmax, eq. (4) in [2]_.

    Parameters
    ----------
    logits : Tensor of shape (n_samples, n_classes)
        Outputs before the softmax.

    y : Tensor of shape (n_samples,)
        Class codes.

    priors : Tensor of shape (n_classes,)
        Shares of the classes among the rows as they are drawn, not as they were gathered.

    tau : float, default=1.0
        Factor of the log-priors. 0 is cross entropy; more than 1 favours rare classes further.

    weights : Tensor of shape (n_samples,) or None, default=None
        Weights of the rows; None weighs all the same.

    Returns
    -------
    Tensor of shape ()
        Mean over rows.

    References
    ----------
    .. [1] A. K. Menon et al., "Long-tail learning via logit adjustment", ICLR 2021.
    .. [2] J. Ren et al., "Balanced meta-softmax for long-tailed visual recognition", NeurIPS
       2020.

    Examples
    --------
    >>> import torch
    >>> from imblearn_gan.losses import logit_adjusted_loss
    >>> priors = torch.tensor([0.75, 0.25])
    >>> logit_adjusted_loss(torch.zeros(1, 2), torch.tensor([1]), priors)
    tensor(1.3863)
    """
    return softmax_loss(logits.float() + tau * priors.to(logits.device).log(), y, weights)


def softmax_loss(logits: Tensor, y: Tensor, weights: Tensor | None = None) -> Tensor:
    """Return the categorical cross entropy of a softmax over classes.

    Parameters
    ----------
    logits : Tensor of shape (n_samples, n_classes)
        Outputs before the softmax.

    y : Tensor of shape (n_samples,)
        Class codes.

    weights : Tensor of shape (n_samples,) or None, default=None
        Weights of the rows; None weighs all the same.

    Returns
    -------
    Tensor of shape ()
        Mean over rows.

    Examples
    --------
    >>> import torch
    >>> from imblearn_gan.losses import softmax_loss
    >>> softmax_loss(torch.zeros(3, 4), torch.tensor([0, 1, 3]))
    tensor(1.3863)
    """
    if weights is None:
        return functional.cross_entropy(logits.float(), y)
    return (weights * functional.cross_entropy(logits.float(), y, reduction="none")).mean()
