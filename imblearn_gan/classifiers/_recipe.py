"""What classifiers that are trained by epochs have against imbalance, and for synthetic rows."""

from __future__ import annotations

from dataclasses import dataclass
from numbers import Real
from typing import Any, ClassVar

import numpy as np
from sklearn.utils import compute_class_weight
from sklearn.utils._param_validation import Interval, StrOptions

from imblearn_gan._limits import check_class_weight, warn_of_idle
from imblearn_gan.data import warn_user
from imblearn_gan.training import Recipe

_EXPONENTS = {"natural": 1.0, "sqrt": 0.5, "balanced": 0.0}
_OF_PRIORS = "balanced_softmax", "logit_adjusted"


@dataclass(kw_only=True, eq=False, repr=False)
class RecipeParameters:
    """Parameters that make up a :class:`~imblearn_gan.training.Recipe`."""

    class_weight: Any = None
    class_sampling: Any = "natural"
    loss: str = "cross_entropy"
    tau: float = 1.0
    mixup: float = 0.0
    deferred_balancing: float = 0.0
    synthetic_weight: float = 1.0
    synthetic_norm: bool = False
    real_epochs: float = 0.0

    classes_: ClassVar[Any]
    _recipe_constraints: ClassVar[dict] = {
        "class_weight": [dict, StrOptions({"balanced"}), None],
        "class_sampling": [StrOptions(set(_EXPONENTS)), Interval(Real, 0, 1, closed="both")],
        "loss": [StrOptions({"cross_entropy", "balanced_softmax", "logit_adjusted", "ldam"})],
        "tau": [Interval(Real, 0, None, closed="left")],
        "mixup": [Interval(Real, 0, None, closed="left")],
        "deferred_balancing": [Interval(Real, 0, 1, closed="left")],
        "synthetic_weight": [Interval(Real, 0, 1, closed="both")],
        "synthetic_norm": ["boolean"],
        "real_epochs": [Interval(Real, 0, 1, closed="left")],
    }

    def _recipe(self, y: np.ndarray, synthetic: np.ndarray | None) -> Recipe:
        """Return what is to be done; say first what was asked for and does nothing."""
        self._warn_of_idle(y, synthetic)
        self._warn_of_twice()
        asked = ["real_epochs"] * (self.real_epochs > 0) + ["synthetic_norm"] * self.synthetic_norm
        asked += ["synthetic_weight"] * (self.synthetic_weight == 0)
        if synthetic is not None and asked:
            made = np.setdiff1d(y, y[~synthetic])
            if len(made):
                raise ValueError(
                    f"{asked[0]}={getattr(self, asked[0])} needs real rows of each class, but all "
                    f"rows of {self.classes_[made].tolist()[:5]} are synthetic."
                )
        return Recipe(
            class_sampling=self._exponent(),
            loss=self.loss,
            tau=self.tau if self.loss == "logit_adjusted" else 1.0,
            mixup=self.mixup,
            deferred_balancing=self.deferred_balancing,
            synthetic_weight=self.synthetic_weight,
            synthetic_norm=self.synthetic_norm,
            real_epochs=self.real_epochs,
        )

    def _exponent(self) -> float:
        return float(_EXPONENTS.get(self.class_sampling, self.class_sampling))

    def _warn_of_twice(self) -> None:
        """Warn of class weights beside what sees to the balance by itself."""
        also = [f"loss={self.loss!r}"] * (self.loss in _OF_PRIORS)
        also += [f"class_sampling={self.class_sampling!r}"] * (self._exponent() < 1)
        if self.class_weight == "balanced" and also:
            warn_user(
                f"class_weight='balanced' and {' and '.join(also)} see to the balance: together "
                "they correct twice, towards the rare classes. Leave class_weight out."
            )

    def _warn_of_idle(self, y: np.ndarray, synthetic: np.ndarray | None) -> None:
        idle = {"tau": "it is of loss='logit_adjusted'"} if self.loss != "logit_adjusted" else {}
        if synthetic is None:
            why = "fit was not told which rows are synthetic"
            idle |= dict.fromkeys(("synthetic_weight", "synthetic_norm", "real_epochs"), why)
        if np.ptp(np.bincount(y)) == 0 and self.loss != "ldam":
            why = "all classes are equally large here; let a sampler before go part of the way"
            idle |= dict.fromkeys(("class_sampling", "loss", "deferred_balancing"), why)
        elif self._exponent() == 0 and self.loss in _OF_PRIORS:
            idle["loss"] = "class_sampling='balanced' draws all classes equally often"
        asked = [n for n in idle if getattr(self, n) != getattr(RecipeParameters, n)]
        warn_of_idle(self, {name: idle[name] for name in asked})

    def _class_weight(self, y: np.ndarray) -> np.ndarray:
        check_class_weight(self.class_weight)
        weight = compute_class_weight(self.class_weight, classes=self.classes_, y=self.classes_[y])
        if not (np.isfinite(weight).all() and (weight > 0).all()):
            raise ValueError(
                "class_weight must give every class a positive number. Got "
                f"{dict(zip(self.classes_.tolist(), weight.tolist()))}."
            )
        return weight
