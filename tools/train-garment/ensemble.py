#!/usr/bin/env python3
"""Joins several exported networks into one graph that averages what they say.

    ensemble.py --views 6 both.onnx A.onnx B.onnx         six views for each
    ensemble.py --views 10,26 both.onnx A.onnx B.onnx     ten for A, 26 for B

Each member sees the picture moved to several places, each also mirrored; the probabilities of all
views of a member are averaged, then those of the members. It costs views x members and gains
accuracy without training.
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
# Pixels moved (down, right); each place is seen plain and, where there is more than one view, mirrored.
PLACES = {1: [(0, 0)], 2: [(0, 0)], 4: [(0, 0), (1, 1)], 6: [(0, 0), (1, 1), (-1, -1)],
          10: [(0, 0), (1, 0), (-1, 0), (0, 1), (0, -1)],
          26: [(0, 0), (1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, -1), (1, -1), (-1, 1),
               (2, 0), (-2, 0), (0, 2), (0, -2)]}


class Joiner:
    def __init__(self, black):
        self.nodes, self.initializers, self.black = [], [], black
        self.pictures = {}  # number of views -> suffix of their names, the tensor that holds them

    def constant(self, name, values, kind=numpy.int64):
        if all(entry.name != name for entry in self.initializers):
            self.initializers.append(
                numpy_helper.from_array(numpy.array(values, kind), name))
        return name

    def node(self, kind, inputs, output, **given):
        self.nodes.append(helper.make_node(kind, inputs, [output], name=output, **given))
        return output

    def views(self, count):
        """Suffix of the names and one tensor of count x N pictures, view by view."""
        if count not in self.pictures:
            suffix = f"_of_{count}" if self.pictures else ""
            self.pictures[count] = suffix, self.look(count, suffix)
        return self.pictures[count]

    def look(self, count, suffix):
        sides = self.constant("sides", [2, 3])
        reach = max(abs(step) for place in PLACES[count] for step in place)
        names = []
        for down, right in PLACES[count]:
            name = "input"
            if (down, right) != (0, 0):
                around = self.constant("around" + suffix, [0, 0, reach, reach] * 2)
                border = self.node("Pad", ["input", around,
                                           self.constant("black", self.black, numpy.float32)],
                                   f"border_{len(names)}{suffix}")
                from_ = self.constant(f"from_{len(names)}{suffix}", [reach - down, reach - right])
                to = self.constant(f"to_{len(names)}{suffix}", [reach - down + SIDE, reach - right + SIDE])
                name = self.node("Slice", [border, from_, to, sides], f"moved_{len(names)}{suffix}")
            names.append(name)
            if count > 1:
                names.append(self.node("Gather", [name, self.constant(
                    "mirror", range(SIDE - 1, -1, -1))], f"mirrored_{len(names)}{suffix}", axis=3))
        return self.node("Concat", names, "views" + suffix, axis=0) if count > 1 else "input"

    def member(self, number, model, count):
        """The mean over the views of what one member says."""
        suffix, pictures = self.views(count)
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
                                        self.constant("by_view" + suffix, [count, -1, 10])],
                            prefix + "by_view")
        return self.node("ReduceMean", [by_view], prefix + "mean", axes=[0], keepdims=0)


def join(models, views, black):
    """One graph of `models`; `views` has the number of views of each."""
    joiner = Joiner(black)
    means = [joiner.member(number, model, count)
             for number, (model, count) in enumerate(zip(models, views, strict=True))]
    joiner.node("Mean", means, "probabilities")
    ends = [helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, shape)
            for name, shape in (("input", ["N", 1, SIDE, SIDE]), ("probabilities", ["N", 10]))]
    graph = helper.make_graph(joiner.nodes, "ensemble", ends[:1], ends[1:], joiner.initializers)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)],
                              producer_name="train-garment", ir_version=7)
    onnx.checker.check_model(model)
    return model


def view_counts(text):
    counts = [int(word) for word in text.split(",")]
    if any(count not in PLACES for count in counts):
        raise argparse.ArgumentTypeError(f"'{text}': expected numbers out of {list(PLACES)}")
    return counts


def main():
    import dataset
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--views", type=view_counts, default=[6],
                        help=f"one number for all members or one for each: {list(PLACES)}")
    parser.add_argument("target", type=Path)
    parser.add_argument("members", type=Path, nargs="+")
    options = parser.parse_args()
    if len(options.views) == 1:
        options.views *= len(options.members)
    if len(options.views) != len(options.members):
        parser.error(f"{len(options.views)} numbers of views for {len(options.members)} members")
    black = (0 - dataset.MEAN) / dataset.STD
    models = [onnx.load(str(path)) for path in options.members]
    onnx.save(join(models, options.views, black), str(options.target))


if __name__ == "__main__":
    main()
