"""Losses of the games, as pure functions of tensors."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional

from imblearn_gan.seeding import own_draws

#: Weight of the gradient penalty in the papers: the one of WGAN-GP's authors, for all their data.
PENALTY_WEIGHT = 10.0

# keeps the slope of the square root finite at a gradient of zero
_LEAST_SQUARED_NORM = 1e-12

# log(1 - p) of a p that rounds to one
_LEAST_LOG = -1e-7


def _per_class(logits: Tensor, targets: Tensor, loss: str) -> Tensor:
    """One loss for each row and class, of the softmax outputs against targets in {0, 1}."""
    logits = logits.float()
    if loss == "least_squares":
        return (torch.softmax(logits, dim=1) - targets).square()
    log_p = torch.log_softmax(logits, dim=1)
    log_rest = torch.log(-torch.expm1(log_p.clamp(max=_LEAST_LOG)))
    return -torch.where(targets > 0, log_p, log_rest)


def classifier_loss(
    logits: Tensor, labels: Tensor, loss: str = "cross_entropy", weights: Tensor | None = None
) -> Tensor:
    """Return the loss of GAMO's classifier M, whose i-th output is the i-th value of the softmax.

    The terms J_i1 ... J_i4 of eq. (2) in [1]_, with the sign of a loss (``'cross_entropy'``), or
    L_i1 ... L_i4 of eq. (4) (``'least_squares'``): each output is held against one class and
    the rest.

    Parameters
    ----------
    logits : Tensor of shape (n_samples, n_classes)
        M's outputs before the softmax.

    labels : Tensor of shape (n_samples, n_classes)
        One-hot labels.

    loss : {'cross_entropy', 'least_squares'}, default='cross_entropy'
        Which of the two.

    weights : Tensor of shape (n_classes,) or None, default=None
        Weight of the rows of each class; None weighs all rows the same.

    Returns
    -------
    Tensor of shape ()
        Sum over classes, mean over rows.

    References
    ----------
    .. [1] S. S. Mullick, S. Datta and S. Das, "Generative Adversarial Minority Oversampling",
       ICCV 2019.

    Examples
    --------
    >>> import torch
    >>> from imblearn_gan.losses import classifier_loss
    >>> classifier_loss(torch.zeros(1, 2), torch.tensor([[1.0, 0.0]]), "least_squares")
    tensor(0.5000)
    """
    by_row = _per_class(logits, labels, loss).sum(dim=1)
    return by_row.mean() if weights is None else (by_row * (labels @ weights)).mean()


def micro_cluster_loss(features: Tensor, neighbours: Tensor, weights: Tensor) -> Tensor:
    """Measure how far the features of rows are from those of their neighbours.

    Parameters
    ----------
    features : Tensor of shape (n_samples, n_features)
        Features of rows.

    neighbours : Tensor of shape (n_samples, n_neighbors, n_features)
        Features of other rows of their class.

    weights : Tensor of shape (n_samples, n_neighbors)
        Weights of the neighbours; each row sums to one.

    Returns
    -------
    Tensor of shape ()
        Weighted sum of squared distances, mean over rows: the micro-cluster loss of [1]_.

    References
    ----------
    .. [1] S. Ando and C. Y. Huang, "Deep over-sampling framework for classifying imbalanced
       data", ECML PKDD 2017.

    Examples
    --------
    >>> import torch
    >>> from imblearn_gan.losses import micro_cluster_loss
    >>> neighbours = torch.tensor([[[3.0, 4.0], [0.0, 0.0]]])
    >>> micro_cluster_loss(torch.zeros(1, 2), neighbours, torch.tensor([[0.2, 0.8]]))
    tensor(5.)
    """
    squared = (features[:, None] - neighbours).square().sum(dim=2)
    return (weights * squared).sum(dim=1).mean()


def misleading_loss(
    logits: Tensor, labels: Tensor, loss: str = "cross_entropy", pulled: Tensor | None = None
) -> Tensor:
    """Return what GAMO's generator minimises to mislead the classifier.

    Parameters
    ----------
    logits : Tensor of shape (n_samples, n_classes)
        M's outputs for generated rows, before the softmax.

    labels : Tensor of shape (n_samples, n_classes)
        One-hot labels of the classes that were asked for.

    loss : {'cross_entropy', 'least_squares'}, default='cross_entropy'
        Which of the two.

    pulled : Tensor of shape (n_classes,) or None, default=None
        None only drives the output of the row's own class to zero: L_i7 of eq. (6) in [1]_. A
        tensor of zeros and ones also drives the outputs of the other classes marked to one:
        L_i8 marks the minority classes, the complemented labels of Algorithm 1 mark all. A row
        cannot be of all other classes at once, and those terms make up most of the sum.

    Returns
    -------
    Tensor of shape ()
        Sum over classes, mean over rows.

    References
    ----------
    .. [1] S. S. Mullick, S. Datta and S. Das, "Generative Adversarial Minority Oversampling",
       ICCV 2019.

    Examples
    --------
    >>> import torch
    >>> from imblearn_gan.losses import misleading_loss
    >>> misleading_loss(torch.zeros(1, 2), torch.tensor([[1.0, 0.0]]), "least_squares")
    tensor(0.2500)
    """
    counted = labels if pulled is None else torch.maximum(labels, pulled.expand_as(labels))
    return (_per_class(logits, 1 - labels, loss) * counted).sum(dim=1).mean()


def discriminator_loss(outputs: Tensor, target: float, loss: str = "cross_entropy") -> Tensor:
    """Return what a discriminator minimises on real, or on generated rows.

    Parameters
    ----------
    outputs : Tensor of any shape
        Unbounded outputs, large where the discriminator takes a row for real.

    target : float
        1 for real and 0 for generated rows, or a smoothed value between.

    loss : {'cross_entropy', 'least_squares', 'hinge', 'wasserstein'}, default='cross_entropy'
        Binary cross entropy of the sigmoid [1]_; the squared distance from the target [2]_; the
        hinge at 1 for real and -1 for generated rows [3]_; or the output itself, negative for
        real rows [4]_. The last two weigh their terms for real and generated rows by ``target``.

    Returns
    -------
    Tensor of shape ()
        Mean over rows.

    References
    ----------
    .. [1] I. Goodfellow et al., "Generative adversarial nets", NeurIPS 2014.
    .. [2] X. Mao et al., "Least squares generative adversarial networks", ICCV 2017.
    .. [3] T. Miyato et al., "Spectral normalization for generative adversarial networks",
       ICLR 2018.
    .. [4] M. Arjovsky, S. Chintala and L. Bottou, "Wasserstein generative adversarial
       networks", ICML 2017.

    Examples
    --------
    >>> import torch
    >>> from imblearn_gan.losses import discriminator_loss
    >>> discriminator_loss(torch.zeros(4), 1.0)
    tensor(0.6931)
    >>> discriminator_loss(torch.tensor([3.0, 0.0]), 1.0, "hinge")
    tensor(0.5000)
    """
    outputs = outputs.float()
    if loss == "cross_entropy":
        targets = torch.full_like(outputs, target)
        return functional.binary_cross_entropy_with_logits(outputs, targets)
    if loss == "least_squares":
        return (outputs - target).square().mean()
    if loss == "hinge":
        real, generated = functional.relu(1 - outputs), functional.relu(1 + outputs)
    else:
        real, generated = -outputs, outputs
    return (target * real + (1 - target) * generated).mean()


def generator_loss(outputs: Tensor, loss: str = "cross_entropy") -> Tensor:
    """Return what a generator minimises: that the discriminator takes its rows for real.

    Parameters
    ----------
    outputs : Tensor of any shape
        The discriminator's outputs for generated rows.

    loss : {'cross_entropy', 'least_squares', 'hinge', 'wasserstein'}, default='cross_entropy'
        As in :func:`discriminator_loss`; cross entropy is the non-saturating loss.

    Returns
    -------
    Tensor of shape ()
        Mean over rows.

    Examples
    --------
    >>> import torch
    >>> from imblearn_gan.losses import generator_loss
    >>> generator_loss(torch.tensor([2.0]), "wasserstein")
    tensor(-2.)
    """
    return discriminator_loss(outputs, 1.0, "wasserstein" if loss == "hinge" else loss)


def gradient_penalty(critic: Callable[[Tensor], Tensor], x: Tensor) -> Tensor:
    """Measure how far the norm of a critic's gradient is from one.

    Computed in float32 whatever the precision around it: second derivatives lose too much.

    Parameters
    ----------
    critic : callable
        From rows to one number each.

    x : Tensor of shape (n_samples, ...)
        Where the gradient is taken.

    Returns
    -------
    Tensor of shape ()
        Mean over rows of the squared difference, eq. (7) in [1]_.

    References
    ----------
    .. [1] G. Huang and A. H. Jafari, "Enhanced balancing GAN: minority-class image
       generation", Neural Computing and Applications, 2021.

    Examples
    --------
    >>> import torch
    >>> from imblearn_gan.losses import gradient_penalty
    >>> gradient_penalty(lambda x: 3 * x[:, 0], torch.zeros(2, 5))
    tensor(4.)
    """
    with torch.autocast(x.device.type, enabled=False):
        x = x.detach().float().requires_grad_()
        (slope,) = torch.autograd.grad(critic(x).sum(), x, create_graph=True)
        squared = slope.flatten(1).square().sum(dim=1)
        return ((squared + _LEAST_SQUARED_NORM).sqrt() - 1).square().mean()


def points_between(x: Tensor, other: Tensor) -> Tensor:
    """Return points at uniform places between two batches of rows, where penalties are taken.

    Parameters
    ----------
    x, other : Tensor of shape (n_samples, ...)
        Rows.

    Returns
    -------
    Tensor of shape (n_samples, ...)
        One point a pair; all values of a row are mixed in the same proportion.

    Examples
    --------
    >>> import torch
    >>> from imblearn_gan.losses import points_between
    >>> points = points_between(torch.zeros(2, 3), torch.ones(2, 3))
    >>> bool((points >= 0).all() and (points <= 1).all())
    True
    """
    place = torch.rand(len(x), *[1] * (x.dim() - 1), **own_draws(x.device))
    return torch.lerp(other, x, place)


def vae_loss(decoded: Tensor, x: Tensor, mean: Tensor, log_variance: Tensor) -> dict[str, Tensor]:
    """Return the loss of a variational autoencoder with a standard normal prior.

    Parameters
    ----------
    decoded, x : Tensor of shape (n_samples, ...)
        Reconstructed and true rows.

    mean, log_variance : Tensor of shape (n_samples, latent_dim)
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
    mean, log_variance = mean.float(), log_variance.float()
    reconstruction = (decoded.float() - x).square().flatten(1).sum(dim=1).mean()
    kl = 0.5 * (mean.square() + log_variance.exp() - 1 - log_variance).sum(dim=1).mean()
    return {"reconstruction": reconstruction, "kl": kl}
