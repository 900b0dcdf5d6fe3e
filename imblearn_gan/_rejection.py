"""Generated rows that look like another class are drawn again."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

from imblearn_gan.data import DataCodec, DataSpec, warn_user
from imblearn_gan.losses import softmax_loss
from imblearn_gan.networks import Family
from imblearn_gan.training import Batch, Phase, Player, TrainingData

#: The name of the classifier among a sampler's networks, and of its phase.
REJECTION = "rejection"
#: How often a row is drawn, at most.
MAX_DRAWS = 10

_MAX_ITER, _BATCH_SIZE, _LEARNING_RATE, _EMA_DECAY = 500, 64, 1e-3, 0.99


def warn_of_refused(n_refused: int, n_rows: int) -> None:
    """Say how many generated rows were taken for all that they look like another class."""
    if n_refused:
        warn_user(
            f"{n_refused} of {n_rows} generated rows still look like another class "
            f"after {MAX_DRAWS} draws; the most plausible were taken. Train longer "
            "(max_iter), or let real rows be repeated in their place (replay)."
        )


def build_classifier(family: Family, spec: DataSpec) -> nn.Module:
    """Return a classifier of rows: one logit a class."""
    return family.encoder(spec, spec.n_classes)


def classifier_phase(classifier: nn.Module, data: TrainingData) -> Phase:
    """Return the phase in which the classifier learns the real rows, in balanced batches."""

    def losses(batch: Batch) -> dict[str, Tensor]:
        return {"real": softmax_loss(classifier(batch.x), batch.y)}

    def draw() -> Batch:
        return data.draw(_BATCH_SIZE, balanced=True)

    player = Player("classifier", {REJECTION: classifier}, losses, draw, _LEARNING_RATE)
    return Phase(
        REJECTION, [player], _MAX_ITER, ema_decay=_EMA_DECAY, lr_decay=True, rate_name=None
    )


def most_plausible(
    generate: Callable[[Tensor], Tensor], classifier: nn.Module, codec: DataCodec, y: Tensor
) -> tuple[Tensor, Tensor]:
    """Draw rows of the classes in ``y``; draw those again that look like another class.

    Parameters
    ----------
    generate : callable
        From class codes to encoded rows.

    classifier : Module
        From encoded rows to one logit a class.

    codec : DataCodec
        Rows are classified as they come back: rounded, with whole categories.

    y : Tensor of shape (n_samples,), dtype int64
        Class codes.

    Returns
    -------
    rows : Tensor of shape (n_samples, ...)
        The first draw of each row that fits, or the most plausible of ``MAX_DRAWS``.

    n_refused : Tensor of shape ()
        How many look like another class all the same.
    """

    def plausibility(rows: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
        given = codec.encode(codec.decode(rows.cpu().numpy()))
        outputs = classifier(torch.from_numpy(given).to(rows.device)).softmax(dim=1)
        return outputs.gather(1, y[:, None])[:, 0], outputs.argmax(dim=1) == y

    rows = generate(y)
    best, accepted = plausibility(rows, y)
    for _ in range(MAX_DRAWS - 1):
        again = (~accepted).nonzero()[:, 0]
        if not len(again):
            break
        drawn = generate(y[again])
        p, fits = plausibility(drawn, y[again])
        better = fits | (p > best[again])
        rows[again[better]] = drawn[better]
        best[again[better]] = p[better]
        accepted[again] = fits
    return rows, (~accepted).sum()
