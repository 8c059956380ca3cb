#!/usr/bin/env python3
"""Trains one network of the family and keeps the running average of its weights.

    train.py --size xl --epochs 18 --seed 1 --out DIR

Stochastic gradient descent with Nesterov momentum; the learning rate rises for the first 15 % of
the steps and falls in a straight line to zero. What is kept is an exponential average of the
weights. After each epoch DIR/<name>.pt is written, and the same command goes on from there.
DIR/<name>.json records what was done and the accuracy on the validation split. The test split is
not read here.
"""
import argparse
import copy
import json
import os
import time
from pathlib import Path

import torch
from torch.nn.functional import cross_entropy

import dataset
import network
from grow import grow


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--size", required=True, choices=network.NETWORKS)
    parser.add_argument("--name", help="of the files written (default: the size)")
    parser.add_argument("--epochs", type=int, required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--rate", type=float, default=0.2, help="highest learning rate")
    parser.add_argument("--decay", type=float, default=5e-4, help="weight decay")
    parser.add_argument("--smoothing", type=float, default=0.05, help="of the labels")
    parser.add_argument("--hole", type=int, default=8, help="side of the blackened square, pixels")
    parser.add_argument("--hole-epochs", type=int, default=10**6, help="none after so many epochs")
    parser.add_argument("--average", type=float, default=0.998, help="weight kept per step")
    parser.add_argument("--images", type=int, default=0, help="learn from the first so many only")
    parser.add_argument("--bfloat16", type=int, default=1, help="0: compute in float32")
    parser.add_argument("--channels-last", type=int, default=0)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--start", type=Path, help="exported network to grow from (grow.py)")
    parser.add_argument("--out", type=Path, required=True)
    return parser.parse_args()


def rate_at(progress, highest):
    """Learning rate after `progress` (0..1) of all steps."""
    warm = 0.15
    return highest * (progress / warm if progress < warm else (1 - progress) / (1 - warm))


def accuracy(model, images, labels, batch=500):
    """Share of `images` whose best class is the label, in float32."""
    model.eval()
    right = 0
    with torch.no_grad():
        for start in range(0, len(images), batch):
            logits = model(dataset.normalise(images[start:start + batch]))
            right += (logits.argmax(1) == labels[start:start + batch]).sum().item()
    return right / len(images)


def follow(average, model, keep):
    """Moves the averaged weights and batch statistics a step towards the model's."""
    with torch.no_grad():
        for slow, fast in zip(average.state_dict().values(), model.state_dict().values()):
            if slow.is_floating_point():
                slow.mul_(keep).add_(fast.detach(), alpha=1 - keep)
            else:
                slow.copy_(fast)


def save(path, **state):
    torch.save(state, path.with_suffix(".tmp"))
    os.replace(path.with_suffix(".tmp"), path)  # never half a checkpoint


def main():
    options = arguments()
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    name = options.name or options.size
    options.out.mkdir(parents=True, exist_ok=True)
    checkpoint = options.out / f"{name}.pt"

    images, labels = dataset.training_split()
    if options.images:
        images, labels = images[:options.images], labels[:options.images]
    validation = dataset.validation_split()

    layout = torch.channels_last if options.channels_last else torch.contiguous_format
    model = grow(options.size, options.start) if options.start else network.build(options.size)
    model = model.to(memory_format=layout)
    average = copy.deepcopy(model)
    optimiser = torch.optim.SGD(model.parameters(), options.rate, 0.9, nesterov=True,
                                weight_decay=options.decay)
    first, spent, history = 0, 0.0, []
    if checkpoint.exists():
        state = torch.load(checkpoint)
        model.load_state_dict(state["model"])
        average.load_state_dict(state["average"])
        optimiser.load_state_dict(state["optimiser"])
        first, spent, history = state["epoch"], state["seconds"], state["history"]
        print(f"{name}: going on after epoch {first}", flush=True)

    steps = len(images) // options.batch
    for epoch in range(first, options.epochs):
        began = time.monotonic()
        random = torch.Generator().manual_seed(options.seed * 1000 + epoch)
        order = torch.randperm(len(images), generator=random)
        model.train()
        total = 0.0
        hole = options.hole if epoch < options.hole_epochs else 0
        for step in range(steps):
            rate = rate_at((epoch * steps + step) / (options.epochs * steps), options.rate)
            for group in optimiser.param_groups:
                group["lr"] = rate
            chosen = order[step * options.batch:(step + 1) * options.batch]
            x = dataset.normalise(dataset.vary(images[chosen], random, hole=hole))
            x = x.to(memory_format=layout)
            with torch.autocast("cpu", torch.bfloat16, enabled=bool(options.bfloat16)):
                logits = model(x)
            loss = cross_entropy(logits.float(), labels[chosen],
                                 label_smoothing=options.smoothing)
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            optimiser.step()
            # Early weights are soon worthless, so the average starts short and grows longer.
            done = epoch * steps + step + 1
            follow(average, model, min(options.average, done / (done + 10)))
            total += loss.item()
        spent += time.monotonic() - began
        history.append({"epoch": epoch + 1, "loss": round(total / steps, 4),
                        "validation_top1": accuracy(average, *validation)})
        print(name, history[-1], f"{spent:.0f} s", flush=True)
        save(checkpoint, model=model.state_dict(), average=average.state_dict(), seconds=spent,
             optimiser=optimiser.state_dict(), epoch=epoch + 1, history=history)
    example = torch.zeros(1, 1, 28, 28)
    record = {key: value.name if isinstance(value, Path) else value
              for key, value in vars(options).items() if key != "out"}
    record.update(
        name=name, architecture=network.architecture(options.size),
        parameters=sum(weight.numel() for weight in average.parameters()),
        multiply_adds=network.multiply_adds(average, example),
        training_images=len(images), validation_images=len(validation[0]),
        validation_top1=accuracy(average, *validation), seconds=round(spent),
        torch=torch.__version__, history=history)
    (options.out / f"{name}.json").write_text(json.dumps(record, indent=1) + "\n")
    torch.save(average.state_dict(), options.out / f"{name}.weights.pt")


if __name__ == "__main__":
    main()
