#!/usr/bin/env python3
"""Writes models.csv from what was recorded in training and measured afterwards.

    report.py MODELS_DIR --validation CSV --test CSV --latency CSV --host "1 core of ..."

MODELS_DIR holds garment_*.onnx and records/<name>.json; the CSV files are what `measure` printed.
A figure that was not measured stays empty.
"""
import argparse
import csv
import datetime
import hashlib
import json
import math
from pathlib import Path

import dataset

ORDER = ["xs", "s", "m", "l", "xl", "xxl", "max", "ultra", "giga"]


def interval(right, total, z=1.96):
    """Wilson's 95 % interval of a share, in percent."""
    share = right / total
    centre = (share + z * z / (2 * total)) / (1 + z * z / total)
    half = z * math.sqrt(share * (1 - share) / total + z * z / (4 * total * total))
    half /= 1 + z * z / total
    return 100 * (centre - half), 100 * (centre + half)


def rows(path):
    """What `measure` printed, by file name."""
    if not path:
        return {}
    with open(path, newline="") as file:
        return {Path(row["model"]).name: row for row in csv.DictReader(file)}


def counted(kind, row):
    names = [f"{kind}_top1_percent", f"{kind}_images"]
    if row is None:
        return dict.fromkeys(names, "")
    right, total = int(row["right"]), int(row["images"])
    return dict(zip(names, [f"{100 * right / total:.2f}", total]))


def line(path, measured, host):
    size, _, precision = path.stem[len("garment_"):].partition(".")
    record = json.loads((path.parent / "records" / f"{size}.json").read_text())
    validation, test, latency = (figures.get(path.name) for figures in measured)
    if record.get("validation_was_learnt"):
        validation = None
    out = {
        "file": path.name,
        "task": "garment-classification",
        "architecture": record["architecture"],
        "precision": precision or "fp32",
        "input": "input",
        "input_layout": "NCHW float32",
        "channels": 1, "height": 28, "width": 28, "channel_order": "GRAY",
        "mean": dataset.MEAN, "std": dataset.STD,
        "resize": "none (native size)",
        "output": "probabilities",
        "labels": "labels.txt",
        "parameters": record["parameters"],
        "multiply_adds": record["multiply_adds"],
        "file_bytes": path.stat().st_size,
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        **counted("validation", validation),
        **counted("test", test),
        "test_top1_percent_low95": "", "test_top1_percent_high95": "",
        "seed": "" if record["seed"] is None else record["seed"],
        "epochs": record["epochs"],
        "latency_ms_median": "", "latency_ms_p99": "", "cpu_ms_mean": "", "load_ms": "",
        "measured_on": host,
        "measured_date": datetime.date.today().isoformat(),
        "onnxruntime": "1.29.0",
        "torch": record["torch"],
        "licence": "Apache-2.0",
    }
    if test:
        low, high = interval(int(test["right"]), int(test["images"]))
        out["test_top1_percent_low95"] = f"{low:.2f}"
        out["test_top1_percent_high95"] = f"{high:.2f}"
    if latency:
        out.update({name: latency[name]
                    for name in ("latency_ms_median", "latency_ms_p99", "cpu_ms_mean", "load_ms")})
    return out


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("models", type=Path)
    parser.add_argument("--validation")
    parser.add_argument("--test")
    parser.add_argument("--latency")
    parser.add_argument("--host", required=True)
    options = parser.parse_args()
    measured = [rows(options.validation), rows(options.test), rows(options.latency)]
    files = options.models.glob("garment_*.onnx")
    lines = [line(path, measured, options.host) for path in files]
    lines.sort(key=lambda out: (ORDER.index(out["file"][len("garment_"):].split(".")[0]),
                                out["precision"] != "fp32"))
    with open(options.models / "models.csv", "w", newline="") as file:
        writer = csv.DictWriter(file, lines[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(lines)


if __name__ == "__main__":
    main()
