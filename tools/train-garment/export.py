#!/usr/bin/env python3
"""Writes a trained network as ONNX: batch normalisation folded in, softmax at the end.

    export.py --size xl --weights xl.weights.pt garment_xl.onnx

The file is run again, node by node, and must give what the network gave.
"""
import argparse
from pathlib import Path

import onnx
import torch
from torch import nn

import dataset
import graph
import network


def export(model, path):
    model = nn.Sequential(model, nn.Softmax(1)).eval()
    pictures = dataset.normalise(dataset.training_split()[0][:64])
    torch.onnx.export(
        model, pictures[:1], str(path), opset_version=13, do_constant_folding=True,
        input_names=["input"], output_names=["probabilities"],
        dynamic_axes={"input": {0: "N"}, "probabilities": {0: "N"}})
    written = onnx.load(str(path))
    onnx.checker.check_model(written)
    with torch.no_grad():
        expected = model(pictures)
    off = (graph.run(written, pictures)["probabilities"] - expected).abs().max().item()
    if off > 1e-4:
        raise ValueError(f"{path}: probabilities differ by {off:.1e} from the network's")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--size", required=True, choices=network.NETWORKS)
    parser.add_argument("--weights", type=Path, required=True)
    parser.add_argument("target", type=Path)
    options = parser.parse_args()
    torch.set_num_threads(1)
    model = network.build(options.size)
    model.load_state_dict(torch.load(options.weights))
    export(model.to(memory_format=torch.contiguous_format), options.target)


if __name__ == "__main__":
    main()
