"""Weights: spectral norm, and layers that start from those of another network."""

from __future__ import annotations

import torch
from torch import nn
from torch.nn.utils import parametrize
from torch.nn.utils.parametrizations import spectral_norm


def with_spectral_norm(network: nn.Module) -> None:
    """Give every layer with weights spectral norm, unless it has it."""
    for module in list(network.modules()):
        layered = isinstance(module, (nn.Linear, nn.Conv2d, nn.Embedding))
        if layered and not parametrize.is_parametrized(module):
            spectral_norm(module)


def without_parametrizations(network: nn.Module) -> None:
    """Write parametrized weights (spectral norm) down as they stand: only then do they pickle."""
    for module in network.modules():
        if parametrize.is_parametrized(module):
            for name in list(module.parametrizations):  # type: ignore[arg-type]
                parametrize.remove_parametrizations(module, name)


def copy_layers(source: nn.Sequential, target: nn.Sequential) -> None:
    """Give a network's first layers, one by one, the weights of another's.

    Parameters
    ----------
    source : Sequential
        For example the trunk of an encoder.

    target : Sequential
        For example the trunk of a discriminator; it may have fewer layers.
    """
    for layer, same in zip(source, target):
        if not any(True for _ in same.parameters()):
            continue
        for name, part in layer.named_modules():
            if "parametrizations" not in name:
                _copy_weights(part, same.get_submodule(name))


def _copy_weights(source: nn.Module, target: nn.Module) -> None:
    """Copy a layer's own weights, whether or not the target alone has spectral norm."""
    if parametrize.is_parametrized(source):
        target.load_state_dict(source.state_dict())
        return
    with torch.no_grad():
        for name, value in source.named_parameters(recurse=False):
            if parametrize.is_parametrized(target, name):
                setattr(target, name, value.clone())
            else:
                getattr(target, name).copy_(value)
        for name, buffer in source.named_buffers(recurse=False):
            getattr(target, name).copy_(buffer)
