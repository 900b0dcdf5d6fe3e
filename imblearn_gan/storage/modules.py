"""Networks: layers of torch by what they are built from, others attribute by attribute."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from imblearn_gan.storage.frames import Unwritable

#: Layers of torch that may be stored, and what they are built from besides ``bias``.
LAYERS: dict[type[nn.Module], tuple[str, ...]] = {
    nn.Sequential: (),
    nn.ModuleList: (),
    nn.ModuleDict: (),
    nn.Identity: (),
    nn.Tanh: (),
    nn.Sigmoid: (),
    nn.ReLU: (),
    nn.LeakyReLU: ("negative_slope",),
    nn.ELU: ("alpha",),
    nn.GELU: ("approximate",),
    nn.SiLU: (),
    nn.Softmax: ("dim",),
    nn.Dropout: ("p",),
    nn.Flatten: ("start_dim", "end_dim"),
    nn.Unflatten: ("dim", "unflattened_size"),
    nn.ZeroPad2d: ("padding",),
    nn.Upsample: ("size", "scale_factor", "mode", "align_corners"),
    nn.AvgPool2d: ("kernel_size", "stride", "padding", "ceil_mode", "count_include_pad"),
    nn.MaxPool2d: ("kernel_size", "stride", "padding", "dilation", "ceil_mode"),
    nn.AdaptiveAvgPool2d: ("output_size",),
    nn.Linear: ("in_features", "out_features"),
    nn.Embedding: ("num_embeddings", "embedding_dim", "padding_idx"),
    nn.LayerNorm: ("normalized_shape", "eps", "elementwise_affine"),
    nn.BatchNorm1d: ("num_features", "eps", "momentum", "affine", "track_running_stats"),
    nn.BatchNorm2d: ("num_features", "eps", "momentum", "affine", "track_running_stats"),
    nn.Conv2d: (
        *("in_channels", "out_channels", "kernel_size", "stride", "padding", "dilation"),
        *("groups", "padding_mode"),
    ),
    nn.ConvTranspose2d: (
        *("in_channels", "out_channels", "kernel_size", "stride", "padding", "output_padding"),
        *("dilation", "groups"),
    ),
}
_NAMES = {cls.__name__: cls for cls in LAYERS}
#: Layers whose ``bias`` is said when they are built.
_BIASED = (nn.Linear, nn.LayerNorm, nn.Conv2d, nn.ConvTranspose2d)
#: What torch keeps in every module.
_OF_TORCH = frozenset(vars(nn.Module()))


def write(writer: Any, network: nn.Module) -> dict:
    """Return what JSON can hold of a network."""
    cls = type(network)
    if cls not in LAYERS and cls not in writer.names:
        raise Unwritable(f"a network of the class {cls.__name__}")
    if network._forward_hooks or network._forward_pre_hooks:
        raise Unwritable(f"a network ({cls.__name__}) with hooks, which are functions")
    if cls in LAYERS:
        names = [*LAYERS[cls], *(["bias"] if cls in _BIASED else [])]
        attributes = {name: getattr(network, name) for name in names}
        if "bias" in attributes:
            attributes["bias"] = attributes["bias"] is not None
    else:
        attributes = {k: v for k, v in vars(network).items() if k not in _OF_TORCH}
    return {
        "$": "module",
        "class": cls.__name__ if cls in LAYERS else writer.names[cls],
        "training": network.training,
        "attributes": {name: writer.write(value) for name, value in attributes.items()},
        "parameters": {k: writer.write(v) for k, v in network._parameters.items()},
        "buffers": {k: writer.write(v) for k, v in network._buffers.items()},
        "modules": {k: writer.write(v) for k, v in network._modules.items()},
    }


def read(reader: Any, node: dict) -> nn.Module:
    """Return a network; layers are built without memory, and filled with what was stored."""
    attributes = {name: reader.read(part) for name, part in node["attributes"].items()}
    parameters, buffers, parts = (
        {name: reader.read(part) for name, part in node[kind].items()}
        for kind in ("parameters", "buffers", "modules")
    )
    if node["class"] in _NAMES:
        with torch.device("meta"):
            network = _NAMES[node["class"]](**attributes)
        _check_shapes(network, parameters | buffers)
        for own in (network._parameters, network._buffers):
            own.clear()  # they come back in the order that they were stored in
    else:
        cls = reader.classes[node["class"]]
        if not issubclass(cls, nn.Module):
            raise TypeError(f"{node['class']} is no network")
        network = cls.__new__(cls)
        nn.Module.__init__(network)
        names = set(attributes) | set(parameters) | set(buffers) | set(parts)
        if bad := [n for n in names if n in _OF_TORCH or n.startswith("__")]:
            raise ValueError(f"{bad[0]!r} is no attribute of a network")
        for name, value in attributes.items():
            setattr(network, name, value)
    for name, value in parameters.items():
        parameter = value if value is None else nn.Parameter(value, value.requires_grad)
        network.register_parameter(name, parameter)
    for name, value in buffers.items():
        network.register_buffer(name, value)
    for name, part in parts.items():
        network.add_module(name, part)
    network.training = bool(node["training"])
    return network


def _check_shapes(network: nn.Module, stored: dict[str, Any]) -> None:
    """Raise a ValueError if a layer's weights are not those that it is built for."""
    own = network._parameters | network._buffers
    shapes, expected = (
        {name: None if value is None else tuple(value.shape) for name, value in values.items()}
        for values in (stored, own)
    )
    if shapes != expected:
        raise ValueError(
            f"a layer {type(network).__name__} has weights of the shapes {shapes}, not {expected}"
        )
