"""What parts of a meta-estimator are given, and say: parameters, metadata, tags."""

from __future__ import annotations

from typing import Any

from sklearn.base import BaseEstimator
from sklearn.utils import get_tags
from sklearn.utils.metadata_routing import (
    MetadataRouter,
    MethodMapping,
    _routing_enabled,
    process_routing,
)

from imblearn_gan.resampled._parts import of_all_rows, takes_images, weight_name


class OfParts(BaseEstimator):
    """A classifier, a sampler and a splitter behind one face."""

    classifier: Any
    sampler: Any
    cv: Any

    def set_params(self, **params: Any) -> Any:
        """Set parameters, of the classifier and the sampler, too.

        Parameters
        ----------
        **params : dict
            Values by name; ``sampler__max_iter`` is ``max_iter`` of the sampler, if one was given.

        Returns
        -------
        self : object
            The instance.

        Raises
        ------
        ValueError
            For a parameter of a sampler that is None, and for names that are none.
        """
        of_sampler = [name for name in params if name.startswith("sampler__")]
        if of_sampler and params.get("sampler", self.sampler) is None:
            raise ValueError(
                f"sampler is None, which has no {of_sampler[0].split('__')[1]}: name it, as in "
                f"{type(self).__name__}(classifier, CWGANGPOversampler())."
            )
        return super().set_params(**params)

    def get_metadata_routing(self) -> MetadataRouter:
        """Return how metadata are routed: to the classifier's ``fit``, groups to ``cv``.

        Returns
        -------
        MetadataRouter
            The routing.
        """
        fit, split = (MethodMapping().add(caller="fit", callee=name) for name in ("fit", "split"))
        router = MetadataRouter(owner=self).add(classifier=self.classifier, method_mapping=fit)
        return router.add(splitter=self.cv, method_mapping=split)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        inner = get_tags(self.classifier)
        tags.input_tags = inner.input_tags
        tags.input_tags.three_d_array = takes_images(self.classifier)
        tags.classifier_tags.poor_score = inner.classifier_tags.poor_score
        return tags

    def _routed(
        self, n: int, weight: Any, groups: Any, fit_params: dict
    ) -> tuple[dict[str, Any], Any]:
        """Return what goes to the classifier's ``fit``, weights left out, and groups for ``cv``."""
        if not _routing_enabled():
            return {}, groups
        named = {"groups": groups}
        if weight_name(self.classifier) not in fit_params:
            named["sample_weight"] = weight
        named = {name: value for name, value in named.items() if value is not None}
        sent = process_routing(self, "fit", **fit_params, **named)
        params = of_all_rows(self.classifier, sent["classifier"]["fit"], n)
        return params, sent["splitter"]["split"].get("groups")
