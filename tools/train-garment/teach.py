#!/usr/bin/env python3
"""Writes what trained networks say about the training images, for a smaller one to learn from.

    teach.py lessons.pt xxl=xxl.weights.pt wide=wide.weights.pt

For each image and its mirror image: the mean of the networks' probabilities (55,000 x 2 x 10).
"""
import argparse
from pathlib import Path

import torch

import dataset
import network


def load(word):
    size, _, path = word.partition("=")
    model = network.build(size)
    model.load_state_dict(torch.load(path))
    return model.eval().to(memory_format=torch.channels_last)


def lessons(models, images, batch=250):
    pages = []
    with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
        for start in range(0, len(images), batch):
            x = dataset.normalise(images[start:start + batch])
            x = torch.cat([x, x.flip(3)]).to(memory_format=torch.channels_last)
            said = sum(model(x).float().softmax(1) for model in models) / len(models)
            pages.append(torch.stack(said.chunk(2), 1))
    return torch.cat(pages)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("target", type=Path)
    parser.add_argument("teachers", nargs="+", metavar="SIZE=WEIGHTS")
    options = parser.parse_args()
    torch.set_num_threads(1)
    images, _ = dataset.training_split()
    torch.save(lessons([load(word) for word in options.teachers], images), options.target)


if __name__ == "__main__":
    main()
