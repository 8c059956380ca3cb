#!/usr/bin/env python3
"""What does a worker cost before it holds a network? Time from exec to ready, and peak memory.

    bench/start/run.py [--quick] [--build DIR] [--out DIR] [--catalog FILE]

The catalog's figures rest on these: kProcessStart (src/catalog/derive.cpp) is part of every cold start, and
ModelStore::kProcess (src/worker/model_store.h) is what `memory_mb` of each variant contains besides the variant.
Wall time includes waiting for a processor, so CPU time stands beside it.
"""
import argparse
import json
import os
import pathlib
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
from processes import cpu_seconds, median  # noqa: E402


def start(program, catalog, preload):
    """Wall and CPU seconds until it says that it is ready, and its peak memory in MB of 2^20 bytes."""
    ours, theirs = os.pipe()
    before = time.monotonic()
    worker = subprocess.Popen(
        [program, "worker", "--catalog", catalog, "--listen", "127.0.0.1:0", "--preload", preload,
         "--ready-fd", str(theirs), "--log-level", "error"], pass_fds=[theirs], stdin=subprocess.DEVNULL)
    os.close(theirs)
    try:
        said = os.read(ours, 100).decode()
        wall = time.monotonic() - before
        if not said.startswith("ready"):
            raise SystemExit(f"worker --preload {preload}: did not become ready")
        cpu = cpu_seconds(worker.pid)
        status = pathlib.Path(f"/proc/{worker.pid}/status").read_text()
        peak = int(status.split("VmHWM:")[1].split()[0]) / 1024
    finally:
        os.close(ours)
        worker.kill()
        worker.wait()
    return {"wall_s": wall, "cpu_s": cpu, "peak_mb": peak}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--quick", action="store_true", help="a test of the benchmark")
    parser.add_argument("--build", default=HERE.parent.parent / "build/release", type=pathlib.Path)
    parser.add_argument("--out", type=pathlib.Path, help="folder for start.json")
    parser.add_argument("--catalog", default=HERE.parent.parent / "data/garment/catalog.yaml")
    parser.add_argument("--preload", default=["none", "garment_xs"], nargs="+")
    options = parser.parse_args()
    rounds = 2 if options.quick else 21
    runs = {what: [] for what in options.preload}
    for _ in range(rounds):
        for what in runs:  # in turn, so that a disturbance meets all
            runs[what].append(start(options.build / "paragon", options.catalog, what))
    print(f"{'preloaded':24}{'wall, ms':>24}{'CPU, ms':>24}{'peak, MB':>10}    median (least to most) of {rounds}")
    for what, of in runs.items():
        cells = [[run[key] * scale for run in of]
                 for key, scale in (("wall_s", 1e3), ("cpu_s", 1e3), ("peak_mb", 1))]
        wall, cpu = (f"{median(cell):.1f} ({min(cell):.1f} to {max(cell):.1f})" for cell in cells[:2])
        print(f"{what:24}{wall:>24}{cpu:>24}{median(cells[2]):>10.1f}")
    if options.out:
        options.out.mkdir(parents=True, exist_ok=True)
        (options.out / "start.json").write_text(json.dumps(runs, indent=1) + "\n")


if __name__ == "__main__":
    main()
