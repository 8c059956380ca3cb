"""Runs an exported network in PyTorch, node by node, so that every value inside can be looked at.

Covers the operators this family uses. Quantisation needs the values to choose its ranges, and the
export is checked against the network it came from.
"""
import onnx
import torch
from onnx import numpy_helper
from torch.nn import functional


def attributes(node):
    return {entry.name: onnx.helper.get_attribute_value(entry) for entry in node.attribute}


def conv(node, x, weight, bias=None):
    given = attributes(node)
    pads = given["pads"]
    if pads[:2] != pads[2:]:
        raise ValueError(f"{node.name}: uneven padding {pads}")
    return functional.conv2d(x, weight, bias, given["strides"], pads[:2], given["dilations"],
                             given["group"])


def gemm(node, x, weight, bias):
    given = attributes(node)
    if (given.get("alpha", 1), given.get("beta", 1), given.get("transA", 0)) != (1, 1, 0):
        raise ValueError(f"{node.name}: only a plain Gemm is understood")
    return functional.linear(x, weight if given.get("transB", 0) else weight.t(), bias)


OPERATORS = {
    "Conv": conv,
    "Gemm": gemm,
    "Relu": lambda node, x: functional.relu(x),
    "Add": lambda node, x, y: x + y,
    "GlobalAveragePool": lambda node, x: x.mean((2, 3), keepdim=True),
    "Flatten": lambda node, x: x.flatten(attributes(node).get("axis", 1)),
    "Softmax": lambda node, x: x.softmax(attributes(node).get("axis", -1)),
}


def constants(model):
    return {entry.name: torch.from_numpy(numpy_helper.to_array(entry).copy())
            for entry in model.graph.initializer}


def run(model, images):
    """Every value of the graph, by name, for normalised `images`."""
    values = constants(model)
    values[model.graph.input[0].name] = images
    with torch.no_grad():
        for node in model.graph.node:
            if node.op_type not in OPERATORS:
                raise ValueError(f"operator {node.op_type} is not understood; add it to graph.py")
            operands = [values[name] for name in node.input]
            values[node.output[0]] = OPERATORS[node.op_type](node, *operands)
    return values
