"""Fashion-MNIST: where it lies, how it is split, how it is varied.

The 60,000 training images are cut into 55,000 to learn from and the last 5,000 to choose by
(validation). The 10,000 test images are only ever read by test_split(), which evaluation calls
once, after every choice has been made.
"""
import gzip
import struct
from pathlib import Path

import numpy
import torch

MEAN = 72.93  # of the training pixels, 0..255; also written into models.csv
STD = 90.015
VALIDATION = 5000  # the last ones of the training file
FOLDER = Path("/usr/share/datasets/fashion-mnist")  # Debian package dataset-fashion-mnist
LABELS = ["T-shirt/top", "Trouser", "Pullover", "Dress", "Coat",
          "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"]


def read_idx(path):
    """The array in one gzipped IDX file of unsigned bytes."""
    with gzip.open(path, "rb") as file:
        magic, = struct.unpack(">I", file.read(4))
        if magic >> 8 != 8:
            raise ValueError(f"{path}: not an IDX file of unsigned bytes (magic {magic:#x})")
        shape = struct.unpack(f">{magic & 255}I", file.read(4 * (magic & 255)))
        return numpy.frombuffer(file.read(), numpy.uint8).reshape(shape)


def read_split(prefix, folder=FOLDER):
    images = read_idx(folder / f"{prefix}-images-idx3-ubyte.gz")
    labels = read_idx(folder / f"{prefix}-labels-idx1-ubyte.gz")
    return torch.from_numpy(images.copy()), torch.from_numpy(labels.astype(numpy.int64))


def training_split(folder=FOLDER):
    images, labels = read_split("train", folder)
    return images[:-VALIDATION], labels[:-VALIDATION]


def validation_split(folder=FOLDER):
    images, labels = read_split("train", folder)
    return images[-VALIDATION:], labels[-VALIDATION:]


def test_split(folder=FOLDER):
    return read_split("t10k", folder)


def normalise(images):
    """N x 28 x 28 bytes to the N x 1 x 28 x 28 floats the networks take."""
    return ((images.float() - MEAN) / STD).unsqueeze(1)


def vary(images, random, shift=2, hole=8):
    """Each picture moved by up to `shift` pixels, mirrored half of the time, and with a square of
    up to `hole` pixels blackened. The background is black, so what moves in is black too."""
    n, side = images.shape[0], images.shape[-1]
    padded = torch.nn.functional.pad(images, (shift,) * 4)
    offset = torch.randint(0, 2 * shift + 1, (2, n, 1), generator=random)
    line = torch.arange(side)
    mirrored = torch.rand(n, 1, generator=random) < 0.5
    rows = line + offset[0]
    columns = torch.where(mirrored, line.flip(0), line) + offset[1]
    moved = padded[torch.arange(n)[:, None, None], rows[:, :, None], columns[:, None, :]]
    if hole:
        corner = torch.randint(-hole // 2, side - hole // 2, (2, n, 1), generator=random)
        in_rows = (line >= corner[0]) & (line < corner[0] + hole)
        in_columns = (line >= corner[1]) & (line < corner[1] + hole)
        moved = moved.masked_fill(in_rows[:, :, None] & in_columns[:, None, :], 0)
    return moved
