"""Starts a deeper network from an exported shallower one, so that it answers alike from the first step.

Convolutions are taken over. An exported file has batch normalisation folded into them, so it is put back
with the mean and spread that the values have on training images: whether it uses those or a batch's own,
the answer stays nearly the same. A block that the shallow network lacks begins as the identity: the scale
of its last normalisation is zero (Net2Net, Chen et al. 2016; Goyal et al. 2017, section 5.1).
"""
import onnx
import torch
from torch import nn

import dataset
import graph
import network

CALIBRATION = 2000  # images, the first of the training split


def convolutions(model):
    """(weight, bias) of each convolution of an exported network, in the order of the graph."""
    stored = graph.constants(model)
    return [tuple(stored[name] for name in node.input[1:]) for node in model.graph.node
            if node.op_type == "Conv"]


def unfold(layer, weight, bias, x):
    """Sets a convolution with its normalisation from a folded one; `x` is what flows into it."""
    convolution, norm = layer
    with torch.no_grad():
        convolution.weight.copy_(weight)
        values = convolution(x)
        mean, variance = values.mean((0, 2, 3)), values.var((0, 2, 3), unbiased=False)
        norm.running_mean.copy_(mean)
        norm.running_var.copy_(variance)
        norm.weight.copy_((variance + norm.eps).sqrt())
        norm.bias.copy_(bias + mean)
        return norm(values)


def fits(block, weight):
    return block.first[0].weight.shape == weight.shape


def grow(size, path):
    """A network of `size` that answers as the exported residual network at `path`."""
    exported = onnx.load(str(path))
    folded = convolutions(exported)
    model = network.build(size).eval()
    images = dataset.normalise(dataset.training_split()[0][:CALIBRATION])
    x, known = images, iter(folded)
    x = unfold(model[0], *next(known), x).relu()
    coming = next(known)
    for block in (part for part in model if isinstance(part, network.Residual)):
        if coming is None or not fits(block, coming[0]):
            nn.init.zeros_(block.second[1].weight)
            continue
        inner = unfold(block.first, *coming, x).relu()
        inner = unfold(block.second, *next(known), inner)
        if not isinstance(block.shortcut, nn.Identity):
            x = unfold(block.shortcut, *next(known), x)
        x = (inner + x).relu()
        coming = next(known, None)
    if coming is not None:
        raise ValueError(f"{path}: has convolutions that a network of size {size} lacks")
    head = [node for node in exported.graph.node if node.op_type == "Gemm"][0]
    stored = graph.constants(exported)
    with torch.no_grad():
        model[-1].weight.copy_(stored[head.input[1]])
        model[-1].bias.copy_(stored[head.input[2]])
        few = images[:200]
        off = (model(few).softmax(1) -
               graph.run(exported, few)[exported.graph.output[0].name]).abs().max().item()
    if off > 1e-3:
        raise ValueError(f"{path}: the grown network's probabilities differ by {off:.1e}")
    return model
