"""Losses of the games, as pure functions of tensors.

All are means over the batch. Classifiers give one logit a class; the i-th output of the papers,
the probability that a row is of class i, is the sigmoid of the i-th logit.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

__all__ = [
    "classifier_loss",
    "discriminator_loss",
    "vae_loss",
]


def _elementwise(logits: Tensor, targets: Tensor, loss: str) -> Tensor:
    if loss == "least_squares":
        return (torch.sigmoid(logits) - targets).square()
    return functional.binary_cross_entropy_with_logits(logits, targets, reduction="none")


def classifier_loss(logits: Tensor, targets: Tensor, loss: str = "least_squares") -> Tensor:
    """One-against-rest loss of a classifier, summed over classes.

    With one-hot targets the terms J_i1 ... J_i4 of eq. (2) in [1]_ (``'cross_entropy'``, as a
    loss to minimise) or L_i1 ... L_i4 of eq. (4) (``'least_squares'``); with complemented ones
    (``1 - one_hot``) what the generator minimises: L_i7 + L_i8 of eq. (6).

    Parameters
    ----------
    logits : Tensor of shape (n_rows, n_classes)
        One logit a class.

    targets : Tensor of shape (n_rows, n_classes)
        Targets in [0, 1].

    loss : {'least_squares', 'cross_entropy'}, default='least_squares'
        Squared error of the sigmoid, or binary cross entropy.

    Returns
    -------
    Tensor of shape ()
        Mean over rows of the sum over classes.

    References
    ----------
    .. [1] Mullick, Datta and Das, "Generative Adversarial Minority Oversampling", ICCV 2019.

    Examples
    --------
    >>> import torch
    >>> from imblearn_gan.losses import classifier_loss
    >>> classifier_loss(torch.zeros(2, 3), torch.eye(3)[:2])
    tensor(0.7500)
    """
    return _elementwise(logits, targets, loss).sum(dim=1).mean()


def discriminator_loss(logits: Tensor, target: float, loss: str = "least_squares") -> Tensor:
    """Loss of a real-or-generated discriminator against a constant target.

    Q_i1 and Q_i2 of eq. (3) in [1]_ (``'cross_entropy'``) or L_i5, L_i6 and, for the generator,
    L_i9 of eq. (5)-(6) (``'least_squares'``).

    Parameters
    ----------
    logits : Tensor of any shape
        Positive where the discriminator takes a row for real.

    target : float
        1 for real, 0 for generated, or smoothed values between.

    loss : {'least_squares', 'cross_entropy'}, default='least_squares'
        Squared error of the sigmoid, or binary cross entropy.

    Returns
    -------
    Tensor of shape ()
        Mean over rows.

    References
    ----------
    .. [1] Mullick, Datta and Das, "Generative Adversarial Minority Oversampling", ICCV 2019.

    Examples
    --------
    >>> import torch
    >>> from imblearn_gan.losses import discriminator_loss
    >>> discriminator_loss(torch.zeros(4), 1.0)
    tensor(0.2500)
    """
    return _elementwise(logits, torch.full_like(logits, target), loss).mean()


def vae_loss(decoded: Tensor, x: Tensor, mean: Tensor, log_variance: Tensor) -> dict[str, Tensor]:
    """Loss of a variational autoencoder with a standard normal prior.

    Parameters
    ----------
    decoded, x : Tensor of shape (n_rows, ...)
        Reconstructed and true rows.

    mean, log_variance : Tensor of shape (n_rows, latent_dim)
        Parameters of the code's normal distribution.

    Returns
    -------
    dict of Tensor of shape ()
        ``'reconstruction'``, squared error summed over the values of a row, and ``'kl'``, the
        Kullback-Leibler divergence from the prior; means over rows.

    Examples
    --------
    >>> import torch
    >>> from imblearn_gan.losses import vae_loss
    >>> zeros = torch.zeros(2, 3)
    >>> vae_loss(zeros, zeros + 1, zeros, zeros)
    {'reconstruction': tensor(3.), 'kl': tensor(0.)}
    """
    reconstruction = (decoded - x).square().flatten(1).sum(dim=1).mean()
    kl = 0.5 * (mean.square() + log_variance.exp() - 1 - log_variance).sum(dim=1).mean()
    return {"reconstruction": reconstruction, "kl": kl}
