#!/usr/bin/env python3
"""Makes the whole family: trains, exports, quantises, joins, measures, writes models.csv.

    family.py --out build/garment           hours on one core; goes on where it was stopped
    family.py --out build/quick --quick     minutes: a little data, to see that every step runs

ORT_ROOT names a folder with ONNX Runtime's `include` and `lib`; without it the copy that
tools/install-onnxruntime brings is used. The test split is read once, at the very end.
"""
import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

import dataset

HERE = Path(__file__).resolve().parent

# name, size, epochs, seed, further options. One that starts from another comes after it.
TRAININGS = [
    ("xs", "xs", 6, 1, ["--hole", "0"]),
    ("s", "s", 8, 1, ["--hole", "0"]),
    ("m", "m", 10, 1, ["--hole", "0"]),
    ("l", "l", 9, 1, ["--hole", "0"]),
    ("xl", "xl", 18, 1, ["--channels-last", "1"]),
    ("xxl", "xxl", 20, 1, ["--hole-epochs", "7", "--channels-last", "1"]),
    ("xxxl", "xxxl", 4, 2, ["--start", "garment_xxl.onnx", "--rate", "0.07", "--hole-epochs", "1",
                            "--channels-last", "1"]),
]
# xs gains nothing: turning its picture into bytes costs more.
INT8 = ["s", "m", "l", "xl", "xxl", "xxxl"]
# Averages over views of the picture: file, the networks it is made of, the views of each. At ten views a second
# network never paid on the validation split; giga is for those who would rather wait than miss an image in a thousand.
ENSEMBLES = [("max", ["xxl"], [10]), ("ultra", ["xxxl"], [10]), ("giga", ["xxxl", "xxl"], [10, 26])]
# Not shipped by themselves: no better than a cheaper one.
PARTS = ["xxxl"]


def call(*command, stdout=None):
    print("+", *command, flush=True)
    subprocess.run([str(word) for word in command], check=True, stdout=stdout)


def step(script, *words):
    call(sys.executable, HERE / script, *words)


def train(options, name, size, epochs, seed, further):
    if (options.out / "runs" / f"{name}.json").exists():
        return
    further = [options.out / word if word.endswith(".onnx") else word for word in further]
    if options.quick:
        epochs, further = 1, further + ["--images", "2000"]
    step("train.py", "--name", name, "--size", size, "--epochs", epochs, "--seed", seed,
         "--out", options.out / "runs", "--threads", options.threads, *further)


def exported(options, name, ending="onnx"):
    folder = options.out / "parts" if name in PARTS else options.out
    folder.mkdir(exist_ok=True)
    return folder / f"garment_{name}.{ending}"


def export(options, name, size):
    weights = options.out / "runs" / f"{name}.weights.pt"
    step("export.py", "--size", size, "--weights", weights, exported(options, name))
    if name in INT8:
        step("quantise.py", exported(options, name), exported(options, name, "int8.onnx"))
    record = (options.out / "runs" / f"{name}.json").read_text()
    (options.out / "records").mkdir(exist_ok=True)
    (options.out / "records" / f"{name}.json").write_text(record)


def ensemble(options, name, members, views):
    for ending in ("onnx", "int8.onnx"):
        step("ensemble.py", "--views", ",".join(map(str, views)), exported(options, name, ending),
             *[exported(options, member, ending) for member in members])
    parts = [json.loads((options.out / "records" / f"{member}.json").read_text())
             for member in members]
    record = {
        "name": name,
        "architecture": " and ".join(f"{part['architecture']}, averaged over {count} views of the picture"
                                     for part, count in zip(parts, views)),
        "members": members, "views": views[0] if len(views) == 1 else views,
        "parameters": sum(part["parameters"] for part in parts),
        "multiply_adds": sum(count * part["multiply_adds"] for part, count in zip(parts, views)),
        "seed": joined(part["seed"] for part in parts),
        "epochs": joined(part["epochs"] for part in parts), "torch": parts[-1]["torch"],
    }
    (options.out / "records" / f"{name}.json").write_text(json.dumps(record, indent=1) + "\n")


def joined(values):
    """One value as it is, several as "1 + 2"."""
    values = list(values)
    return values[0] if len(values) == 1 else " + ".join(map(str, values))


def runtime():
    """Folder of ONNX Runtime."""
    if "ORT_ROOT" in os.environ:
        return Path(os.environ["ORT_ROOT"])
    found = subprocess.run([HERE.parent / "install-onnxruntime"], check=True, text=True,
                           stdout=subprocess.PIPE)
    return Path(found.stdout.strip().splitlines()[-1])


def measure(options):
    root, program = runtime(), options.out / "measure"
    call("g++", "-std=c++20", "-O2", f"-I{root}/include", HERE / "measure.cpp", "-o", program,
         f"-L{root}/lib", "-lonnxruntime", f"-Wl,-rpath,{root}/lib", "-lz")
    models = sorted(options.out.glob("garment_*.onnx"))
    train_files = [dataset.FOLDER / f"train-{kind}-idx{rank}-ubyte.gz"
                   for kind, rank in (("images", 3), ("labels", 1))]
    test_files = [dataset.FOLDER / f"t10k-{kind}-idx{rank}-ubyte.gz"
                  for kind, rank in (("images", 3), ("labels", 1))]
    first = 60000 - dataset.VALIDATION
    few = 500 if options.quick else 10000
    for name, words in (
            ("validation", ["accuracy", *train_files, first,
                            min(few, dataset.VALIDATION)]),
            ("latency", ["latency", 2 if options.quick else 15]),
            ("test", ["accuracy", *test_files, 0, few])):
        with open(options.out / f"{name}.csv", "w") as file:
            call(program, *words, *models, stdout=file)
    (options.out / "labels.txt").write_text("\n".join(dataset.LABELS) + "\n")
    step("report.py", options.out, *[word for name in ("validation", "latency", "test")
                                     for word in (f"--{name}", options.out / f"{name}.csv")],
         "--host", options.host)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--quick", action="store_true", help="to try every step")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--host", default="1 core of this machine", help="for models.csv")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    for name, size, epochs, seed, further in TRAININGS:
        train(options, name, size, epochs, seed, further)
        export(options, name, size)
    for name, members, views in ENSEMBLES:
        ensemble(options, name, members, views)
    measure(options)


if __name__ == "__main__":
    main()
