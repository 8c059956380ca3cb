#!/usr/bin/env python3
"""Joins several exported networks into one graph that averages what they say.

    ensemble.py --views 6 garment_max.onnx A.onnx B.onnx

Each member sees the picture, its mirror image, and both moved by a pixel; the probabilities of all
views of all members are averaged. It costs views x members and gains accuracy without training.
Members may be fp32 or int8.

        +- view 1 --+          +-- A --+
  input +- ...      +- concat -+       +- reshape, mean over views -+- mean -> probabilities
        +- view v --+          +-- B --+
"""
import argparse
from pathlib import Path

import numpy
import onnx
from onnx import helper, numpy_helper

SIDE = 28
# Pixels moved (down, right) beside (0, 0); each place is seen plain and mirrored.
PLACES = {1: [(0, 0)], 2: [(0, 0)], 4: [(0, 0), (1, 1)], 6: [(0, 0), (1, 1), (-1, -1)],
          10: [(0, 0), (1, 0), (-1, 0), (0, 1), (0, -1)]}


class Joiner:
    def __init__(self, black):
        self.nodes, self.initializers, self.black = [], [], black

    def constant(self, name, values, kind=numpy.int64):
        if all(entry.name != name for entry in self.initializers):
            self.initializers.append(
                numpy_helper.from_array(numpy.array(values, kind), name))
        return name

    def node(self, kind, inputs, output, **given):
        self.nodes.append(helper.make_node(kind, inputs, [output], name=output, **given))
        return output

    def views(self, count):
        """One tensor of count x N pictures, view by view."""
        sides = self.constant("sides", [2, 3])
        names = []
        for down, right in PLACES[count]:
            name = "input"
            if (down, right) != (0, 0):
                around = self.constant("around", [0, 0, 1, 1, 0, 0, 1, 1])
                border = self.node("Pad", ["input", around,
                                           self.constant("black", self.black, numpy.float32)],
                                   f"border_{len(names)}")
                from_ = self.constant(f"from_{len(names)}", [1 - down, 1 - right])
                to = self.constant(f"to_{len(names)}", [1 - down + SIDE, 1 - right + SIDE])
                name = self.node("Slice", [border, from_, to, sides], f"moved_{len(names)}")
            names.append(name)
            if count > 1:
                names.append(self.node("Gather", [name, self.constant(
                    "mirror", range(SIDE - 1, -1, -1))], f"mirrored_{len(names)}", axis=3))
        return self.node("Concat", names, "views", axis=0) if count > 1 else "input"

    def member(self, number, model, pictures, count):
        """The mean over the views of what one member says."""
        prefix = f"member_{number}/"
        initial = {entry.name for entry in model.graph.initializer}
        source = model.graph.input[0].name

        def renamed(name):
            return pictures if name == source else prefix + name

        for entry in model.graph.initializer:
            copied = onnx.TensorProto()
            copied.CopyFrom(entry)
            copied.name = prefix + entry.name
            self.initializers.append(copied)
        assert source not in initial
        for node in model.graph.node:
            copied = onnx.NodeProto()
            copied.CopyFrom(node)
            copied.name = prefix + (node.name or node.output[0])
            copied.input[:] = [renamed(name) for name in node.input]
            copied.output[:] = [prefix + name for name in node.output]
            self.nodes.append(copied)
        by_view = self.node("Reshape", [prefix + model.graph.output[0].name,
                                        self.constant("by_view", [count, -1, 10])],
                            prefix + "by_view")
        return self.node("ReduceMean", [by_view], prefix + "mean", axes=[0], keepdims=0)


def join(models, views, black):
    joiner = Joiner(black)
    pictures = joiner.views(views)
    means = [joiner.member(number, model, pictures, views) for number, model in enumerate(models)]
    joiner.node("Mean", means, "probabilities")
    ends = [helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, shape)
            for name, shape in (("input", ["N", 1, SIDE, SIDE]), ("probabilities", ["N", 10]))]
    graph = helper.make_graph(joiner.nodes, "ensemble", ends[:1], ends[1:], joiner.initializers)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)],
                              producer_name="train-garment", ir_version=7)
    onnx.checker.check_model(model)
    return model


def main():
    import dataset
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--views", type=int, choices=PLACES, default=6)
    parser.add_argument("target", type=Path)
    parser.add_argument("members", type=Path, nargs="+")
    options = parser.parse_args()
    black = (0 - dataset.MEAN) / dataset.STD
    models = [onnx.load(str(path)) for path in options.members]
    onnx.save(join(models, options.views, black), str(options.target))


if __name__ == "__main__":
    main()
