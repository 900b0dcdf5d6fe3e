"""Training of one network by epochs, with early stopping on held-out rows, by skorch."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.optim import AdamW
from torch.optim.lr_scheduler import CosineAnnealingLR
from torch.utils.data import TensorDataset

from imblearn_gan.seeding import OwnWeights
from imblearn_gan.training.recipe import Course, Criterion, Recipe, kept_statistics
from imblearn_gan.training.runtime import autocast, layout_of


@dataclass(frozen=True)
class EpochTraining:
    """How a network is trained by epochs.

    Parameters
    ----------
    max_epochs, batch_size, learning_rate, weight_decay, patience, verbose
        As in :class:`~imblearn_gan.ResNetClassifier`.

    device : torch.device
        Where.

    dtype : torch.dtype
        What convolutions and matrix products are computed in.
    """

    max_epochs: int
    batch_size: int
    learning_rate: float
    weight_decay: float
    patience: int
    verbose: int
    device: torch.device
    dtype: torch.dtype

    def run(
        self,
        module: type[nn.Module],
        sizes: dict[str, int],
        train: TensorDataset,
        valid: TensorDataset,
        weight: np.ndarray,
        augment: Callable[[Tensor], Tensor],
        recipe: Recipe | None = None,
        synthetic: Tensor | None = None,
    ) -> tuple[dict[str, Tensor], list[dict]]:
        """Train ``module(**sizes)``, inside a seed scope.

        Parameters
        ----------
        module, sizes
            The network's class, and what it is called with.

        train, valid : TensorDataset
            Rows to learn from, and held-out ones, possibly none; with class codes.

        weight : ndarray of shape (n_classes,)
            Weights of the classes in the loss.

        augment : callable
            Changes the rows of each batch that the network learns from.

        recipe : Recipe or None, default=None
            How often rows are drawn, and what is learnt from them. None deals each out once an
            epoch, to cross entropy.

        synthetic : Tensor of shape (n_train,), dtype bool, or None, default=None
            Which of the rows to learn from are synthetic.

        Returns
        -------
        state : dict of Tensor
            The weights that did best on the held-out rows, or the last ones.

        history : list of dict
            One record an epoch: ``'phase'``, ``'iteration'`` and losses.

        Raises
        ------
        ImportError
            Without skorch.

        ValueError
            If no batch of an epoch can be learnt from.

        FloatingPointError
            If a loss or a weight is not finite.
        """
        class_weight = torch.tensor(weight, dtype=torch.float32)
        course = Course(
            recipe or Recipe(), train.tensors[1], class_weight, synthetic, self.max_epochs
        )
        net, patient = self._fitted(module, sizes, train, valid, course, augment)
        epochs = [epoch for epoch in net.history if "dur" in epoch]  # those that were finished
        if len(epochs) < self.max_epochs and patient:
            raise KeyboardInterrupt  # which skorch takes for an early stop
        if any("train_loss" not in epoch for epoch in epochs):
            raise ValueError(
                "synthetic_norm=True needs batches with two real rows, or two synthetic ones, but "
                f"an epoch had none. Take a larger batch_size than {self.batch_size}, give more "
                "rows, or set it to False."
            )
        losses = ["train_loss", *(["valid_loss", "valid_acc"] if len(valid) else [])]
        history = [
            {"phase": "train", "iteration": i, **{name: float(epoch[name]) for name in losses}}
            for i, epoch in enumerate(epochs, start=1)
        ]
        figures = np.array([[epoch[name] for name in losses] for epoch in history], dtype=float)
        state = net.module_.state_dict()  # also what the very last update made of it
        finite = all(value.isfinite().all() for value in state.values())
        if not (np.isfinite(figures).all() and finite):
            raise FloatingPointError(
                "The loss is not finite: training diverged. Try a smaller learning_rate."
            )
        return state, history

    def _fitted(
        self,
        module: type[nn.Module],
        sizes: dict[str, int],
        train: TensorDataset,
        valid: TensorDataset,
        course: Course,
        augment: Callable[[Tensor], Tensor],
    ) -> tuple[Any, bool]:
        """Return skorch's net, and whether its patience was not exhausted."""
        try:
            from skorch import NeuralNetClassifier
            from skorch.callbacks import EarlyStopping, LRScheduler
            from skorch.helper import predefined_split
        except ImportError as error:
            raise ImportError(
                "ResNetClassifier is trained by skorch: pip install skorch"
            ) from error
        training, layout = self, layout_of(True, self.dtype, self.device)

        class Net(NeuralNetClassifier):
            def initialize_module(self) -> Any:
                with OwnWeights():
                    super().initialize_module()
                self.module_.to(memory_format=layout)
                return self

            def infer(self, x: Any, **kwargs: Any) -> Tensor:
                if isinstance(x, Mapping):
                    return self.apart(**x)
                with autocast(training.device, training.dtype):
                    return super().infer(x.to(memory_format=layout), **kwargs).float()

            def apart(self, x: Tensor, synthetic: Tensor) -> Tensor:
                """Return the logits of real rows, and of synthetic ones behind them."""
                n_made = int(synthetic.sum())
                real, made = x.split([len(x) - n_made, n_made])
                logits = [self.infer(real)] if len(real) else []
                if n_made:
                    with kept_statistics(self.module_):
                        logits.append(self.infer(made))
                return torch.cat(logits)

        class Stopping(EarlyStopping):
            def on_epoch_end(self, net: Any, **kwargs: Any) -> None:
                if len(net.history) > course.stages[-1].first_epoch:
                    super().on_epoch_end(net, **kwargs)

        n_steps = self.max_epochs * len(_Batches(train, self.batch_size, course))
        schedule = LRScheduler(policy=CosineAnnealingLR, T_max=n_steps, step_every="batch")
        stopping = Stopping(patience=self.patience, load_best=True)
        net = Net(
            module,
            **{f"module__{name}": size for name, size in sizes.items()},
            criterion=Criterion,
            criterion__course=course,
            optimizer=AdamW,
            optimizer__weight_decay=self.weight_decay,
            lr=self.learning_rate,
            max_epochs=self.max_epochs,
            batch_size=self.batch_size,
            iterator_train=_Batches,
            iterator_train__course=course,
            iterator_train__augment=augment,
            iterator_valid=_Batches,
            train_split=predefined_split(valid) if len(valid) else None,
            callbacks=[schedule, stopping] if len(valid) else [schedule],
            device=self.device,
            verbose=self.verbose,
        ).fit(train, None)
        return net, not len(valid) or stopping.misses_ < self.patience


class _Batches:
    """Batches of rows that are in memory: in their order, or as a course says in training.

    A last batch of one row, which batch norm cannot learn from, is left out in training.
    """

    def __init__(
        self,
        dataset: TensorDataset,
        batch_size: int,
        course: Course | None = None,
        augment: Callable[[Tensor], Tensor] = lambda x: x,
    ):
        self.dataset, self.batch_size, self.course = dataset, batch_size, course
        self.augment = augment

    def __len__(self) -> int:
        n_full, n_left = divmod(len(self.dataset), self.batch_size)
        return n_full + (n_left > (self.course is not None))

    def __iter__(self) -> Iterator[Any]:
        if self.course is None:
            yield from zip(*(values.split(self.batch_size) for values in self.dataset.tensors))
            return
        for drawn in self.course.order().split(self.batch_size):
            index = self.course.kept(drawn)
            if len(index) > 1:
                yield self.course.batch(self.augment(self.dataset.tensors[0][index]), index)
