#!/usr/bin/env python3
"""Paragon's simulator beside a plain event loop, ns-3's event core, SimGrid and SimPy on one scenario (scenario.h).

Each contestant is a whole process, timed by its own CPU time, in rounds that go through all of them; what is printed
are medians and ratios within this run. A contestant whose package is not installed is left out, and said to be:
Debian's libns3-dev, python3-simpy, and libsimgrid-dev, which cannot be installed beside Boost 1.81's headers: unpack it
(`apt-get download libsimgrid-dev libsimgrid3.32 libboost-context1.74.0 libboost-stacktrace1.74.0`, `dpkg -x` each into
a folder) and pass --simgrid FOLDER/usr.
"""
import argparse
import os
import pathlib
import re
import resource
import shutil
import statistics
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent


def compile_peer(name, standard, out, extra):
    command = ["g++", f"-std={standard}", "-O2", "-DNDEBUG", str(HERE / f"{name}.cpp"), "-o", str(out / name), *extra]
    built = subprocess.run(command, capture_output=True, text=True)
    if built.returncode != 0:
        first = next((line for line in built.stderr.splitlines() if "error" in line), "did not compile")
        print(f"left out: {name}: {first}", file=sys.stderr)
        return None
    tried = subprocess.run([str(out / name), "1"], capture_output=True, text=True)
    if tried.returncode != 0:
        print(f"left out: {name}: does not start: {tried.stderr.strip().splitlines()[-1:]}", file=sys.stderr)
        return None
    return [str(out / name)]


def contestants(build, out, simgrid):
    found = {"plain loop": compile_peer("plain", "c++20", out, []),
             "paragon": [str(build / "bench" / "bench_simulate_paragon")],
             "ns-3": compile_peer("ns3", "c++17", out, ["-lns3-core"])}
    flags = ["-lsimgrid"]
    if simgrid:
        libraries = next(pathlib.Path(simgrid).glob("lib/*/libsimgrid.so")).parent
        flags = [f"-I{simgrid}/include", f"-L{libraries}", f"-Wl,--disable-new-dtags,-rpath,{libraries}", f"-Wl,-rpath-link,{libraries}", "-lsimgrid"]
    found["SimGrid"] = compile_peer("simgrid", "c++20", out, flags)
    python = next((p for p in ("/usr/bin/python3", shutil.which("python3")) if p and subprocess.run(
        [p, "-c", "import SimPy.Simulation"], capture_output=True).returncode == 0), None)
    found["SimPy"] = [python, str(HERE / "simpy_pool.py")] if python else None
    if not python:
        print("left out: SimPy: python3-simpy is not installed", file=sys.stderr)
    return {name: command for name, command in found.items() if command}


def timed(command, requests):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    ran = subprocess.run([*command, str(requests)], capture_output=True, text=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    answer = {key: int(value) for key, value in re.findall(r"(\w+)=(\d+)", ran.stdout)}
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, answer


def main():
    parse = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parse.add_argument("--build", type=pathlib.Path, required=True)
    parse.add_argument("--out", type=pathlib.Path, required=True)
    parse.add_argument("--simgrid", default=os.environ.get("SIMGRID_ROOT"), help="folder with include/ and lib/ of SimGrid (or SIMGRID_ROOT)")
    parse.add_argument("--rounds", type=int, default=3)
    parse.add_argument("--quick", action="store_true")
    options = parse.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    rounds = 1 if options.quick else options.rounds
    # So many that each runs for a second or so; the start of the process is taken off.
    sizes = {"plain loop": 8_000_000, "paragon": 4_000_000, "ns-3": 3_000_000, "SimGrid": 300_000, "SimPy": 100_000}

    everyone = contestants(options.build, options.out, options.simgrid)
    cost, broken = {name: [] for name in everyone}, False
    reference = {}
    for _ in range(rounds):
        for name, command in everyone.items():
            requests = sizes[name] // (20 if options.quick else 1)
            empty, _ = timed(command, 1)
            full, answer = timed(command, requests)
            cost[name].append(max(full - empty, 1e-9) / requests)
            if requests not in reference:
                reference[requests] = timed(everyone["plain loop"], requests)[1]
            mean, expected = (a["latency_sum_ns"] / a["requests"] for a in (answer, reference[requests]))
            # Paragon draws its own service times, SimGrid counts time in floating point; the rest agree exactly.
            allowed = {"paragon": 0.01, "SimGrid": 1e-6}.get(name, 0)
            if answer["requests"] != requests or abs(mean / expected - 1) > allowed:
                print(f"{name}: another answer: {answer}, expected {reference[requests]}", file=sys.stderr)
                broken = True

    print(f"{'':12}{'CPU a request':>16}{'requests/s':>14}{'paragon is':>12}")
    own = statistics.median(cost["paragon"])
    for name in everyone:
        each = statistics.median(cost[name])
        print(f"{name:12}{each * 1e9:13,.0f} ns{1 / each:14,.0f}{each / own:10.2f} x")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
