#!/usr/bin/env python3
"""Makes the int8 twin of an exported network: static quantisation, calibrated on training images.

    quantise.py garment_m.onnx garment_m.int8.onnx

Weights: signed, symmetric, one scale per output channel. They use seven of their eight bits: CPUs
without VNNI add pairs of products in 16 bits, which eight would overflow, so a full-range network
would be less accurate there than here. Values between layers: unsigned bytes, one scale each, its
range the one that loses least (mean squared error) on the calibration images. The result is a
graph with QuantizeLinear/DequantizeLinear pairs, which ONNX Runtime fuses into integer kernels.
"""
import argparse
import copy
from pathlib import Path

import numpy
import onnx
import torch
from onnx import helper, numpy_helper

import dataset
import graph

CALIBRATION = 1000  # images, the first of the training split
SAMPLES = 200_000  # values looked at per tensor when its range is chosen
WEIGHT_LIMIT = 63  # seven bits
SHRINKS = numpy.linspace(0.4, 1, 61)  # shares of the full range that are tried

# Results of these are kept as bytes; those of the others pass through or stay float.
BYTES_OUT = {"Conv", "Relu", "Add", "GlobalAveragePool", "Gemm"}
BYTES_IN = {"Conv", "Add", "GlobalAveragePool", "Gemm"}


def range_of(values):
    """Scale and zero point for `values`: the clipping with the least squared error."""
    values = values.flatten().numpy()
    low, high = min(float(values.min()), 0.0), max(float(values.max()), 0.0)
    if len(values) > SAMPLES:
        values = values[::len(values) // SAMPLES]
    best = None
    for shrink in SHRINKS:
        scale = numpy.float32(shrink * (high - low) / 255)
        zero = int(numpy.clip(round(-shrink * low / scale), 0, 255))
        kept = (numpy.clip(numpy.round(values / scale) + zero, 0, 255) - zero) * scale
        error = float(numpy.mean((values - kept) ** 2))
        if best is None or error < best[0]:
            best = (error, scale, zero)
    return best[1], best[2]


class Rewriter:
    """Copies a graph, putting quantisation where bytes are worth having."""

    def __init__(self, model, values):
        self.model, self.values = model, values
        self.weights = graph.constants(model)
        self.nodes, self.initializers, self.bytes = [], [], {}
        self.users = {}
        for node in model.graph.node:
            for name in node.input:
                self.users.setdefault(name, []).append(node)

    def constant(self, name, array):
        self.initializers.append(numpy_helper.from_array(numpy.asarray(array), name))
        return name

    def as_bytes(self, name):
        """The name of `name` after a trip through bytes; the scale is chosen on first use."""
        if name not in self.bytes:
            scale, zero = range_of(self.values[name])
            ends = [self.constant(name + "/scale", numpy.float32(scale)),
                    self.constant(name + "/zero", numpy.uint8(zero))]
            self.nodes += [
                helper.make_node("QuantizeLinear", [name, *ends], [name + "/bytes"]),
                helper.make_node("DequantizeLinear", [name + "/bytes", *ends], [name + "/back"])]
            self.bytes[name] = (name + "/back", float(scale))
        return self.bytes[name][0]

    def stored(self, name, whole, scale):
        """A constant kept as integers `whole`, with `scale` per output channel."""
        ends = [self.constant(name + "/scale", scale.astype(numpy.float32)),
                self.constant(name + "/zero", numpy.zeros(len(scale), whole.dtype))]
        self.constant(name + "/whole", whole)
        self.nodes.append(helper.make_node(
            "DequantizeLinear", [name + "/whole", *ends], [name + "/back"], axis=0))
        return name + "/back"

    def layer(self, node):
        x, weight_name, bias_name = node.input
        back = self.as_bytes(x)
        weight = self.weights[weight_name].numpy()
        if node.op_type == "Gemm" and not graph.attributes(node).get("transB", 0):
            raise ValueError(f"{node.name}: expected weights as outputs x inputs")
        peak = numpy.abs(weight.reshape(len(weight), -1)).max(1)
        scale = (numpy.maximum(peak, 1e-8) / WEIGHT_LIMIT).astype(numpy.float32)
        spread = scale.reshape(-1, *[1] * (weight.ndim - 1))
        whole = numpy.clip(numpy.round(weight / spread), -WEIGHT_LIMIT, WEIGHT_LIMIT)
        bias_scale = scale * numpy.float32(self.bytes[x][1])
        bias = numpy.round(self.weights[bias_name].numpy() / bias_scale)
        return [back, self.stored(weight_name, whole.astype(numpy.int8), scale),
                self.stored(bias_name, bias.astype(numpy.int32), bias_scale)]

    def rewrite(self):
        for node in self.model.graph.node:
            new = copy.deepcopy(node)
            if node.op_type in ("Conv", "Gemm"):
                inputs = self.layer(node)
            elif node.op_type in BYTES_IN:
                inputs = [self.as_bytes(name) for name in node.input]
            else:
                inputs = [self.bytes[name][0] if name in self.bytes else name
                          for name in node.input]
            del new.input[:]
            new.input.extend(inputs)
            self.nodes.append(new)
            followed = self.users.get(node.output[0], [])
            only_relu = len(followed) == 1 and followed[0].op_type == "Relu"
            if node.op_type in BYTES_OUT and not only_relu:  # a Relu is fused, its range is better
                self.as_bytes(node.output[0])
            elif node.op_type == "Flatten":  # moves bytes as they are: same scale on both sides
                self.pass_on(node)
        graph_out = helper.make_graph(self.nodes, self.model.graph.name, self.model.graph.input,
                                      self.model.graph.output, self.initializers)
        return helper.make_model(graph_out, opset_imports=self.model.opset_import,
                                 producer_name="train-garment", ir_version=7)

    def pass_on(self, node):
        source, name = node.input[0], node.output[0]
        ends = [source + "/scale", source + "/zero"]
        self.nodes += [
            helper.make_node("QuantizeLinear", [name, *ends], [name + "/bytes"]),
            helper.make_node("DequantizeLinear", [name + "/bytes", *ends], [name + "/back"])]
        self.bytes[name] = (name + "/back", self.bytes[source][1])


def quantise(model):
    images, _ = dataset.training_split()
    values = graph.run(model, dataset.normalise(images[:CALIBRATION]))
    quantised = Rewriter(model, values).rewrite()
    onnx.checker.check_model(quantised)
    return quantised


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("source", type=Path)
    parser.add_argument("target", type=Path)
    options = parser.parse_args()
    torch.set_num_threads(1)
    onnx.save(quantise(onnx.load(str(options.source))), str(options.target))


if __name__ == "__main__":
    main()
