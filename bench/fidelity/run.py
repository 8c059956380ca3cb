#!/usr/bin/env python3
"""Does the simulator say what the server does? The same load through both, and their journals side by side.

    bench/fidelity/run.py [--program build/release/paragon] [--seconds 60] [--rate 30] [--crowd 90] [--out DIR]

First `paragon simulate` runs a trace with the shipped local catalog, then a server (`paragon serve`: real workers and
networks, real sockets) is put under `paragon load` with the same trace, mix, catalog and limits. Both write a journal,
and both journals are read by the same code here: where queries went, machines over time, and the bill up to the
last answer. Prints a table and JSON (OUT/fidelity.json). Exits 1 when the bills differ by more than 5 %, or the shares
of queries that waited or that functions answered by more than 5 points; 77 when they do and the computer was so
busy that the load itself came late.

How long a network takes is an input of the simulator. Two ways to have it alike on both sides, by `--cpu`:

profile    (the default) The workers hold their slots for the catalog's service times, drawn as the simulator draws them,
           with the network's real run inside. The simulator is told nothing of the live run.
stretch,   The workers are as slow as this computer makes them. The shipped times are of a hot loop; at a few queries a
control_   second caches are cold, and a shared computer changes its speed from one minute to the next. So the server
group      begins with times from a short run before, and the simulator is told afterwards what the networks took on the
           server, and how long a slot was held beyond that. Give it a lighter load (--speed 0.02 --rate 10 --crowd 30).
"""

import argparse
import csv
import json
import math
import pathlib
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]


def fields(line):
    return dict(word.split("=", 1) for word in line.split() if "=" in word)


class Journal:
    """What one journal says happened."""

    def __init__(self, path):
        self.machine_offers, self.function_offers, self.variants = [], [], []
        self.services = {}   # variant -> seconds of service on machines
        self.hand_offs = []  # what their slots were held beyond it, seconds
        self.machines = {}   # id -> [offer, bought, ready, gone]
        self.place = {}      # decision -> ("machine", None, variant, when) or ("function", offer)
        self.arrived, self.answered, self.refused, self.waited = 0, [], 0, 0
        self.arrivals = []
        self.calls = []      # (offer, billed seconds)
        self.late = 0
        now, head = 0, True
        deadline = {}        # query -> latest answer
        with open(path) as lines:
            for line in lines:
                if head:
                    kind = line.split(" ", 1)[0]
                    if kind == "variant":
                        self.variants.append(fields(line)["name"])
                    elif kind == "machine_offer":
                        self.machine_offers.append(fields(line))
                    elif kind == "function_offer":
                        self.function_offers.append(fields(line))
                    head = line.strip() != "begin"
                    continue
                f = fields(line)
                words = line.split()
                if line.startswith("<"):
                    now, kind = int(words[1]) / 1e9, words[2]
                    if kind == "arrive":
                        self.arrived += 1
                        self.arrivals.append(now)
                        limit = int(f["max_latency_ns"]) / 1e9 if "max_latency_ns" in f else None
                    elif kind == "finish":
                        where = self.place.get(f["decision"])
                        if f["ending"] == "answered" and where and where[0] == "machine":
                            service = int(f["service_ns"]) / 1e9
                            self.services.setdefault(where[2], []).append(service)
                            self.hand_offs.append(now - where[3] - service)
                        if f["ending"] == "answered" and f["query"] in deadline:
                            self.answered.append((now, where[0]))
                            last = deadline.pop(f["query"])
                            self.late += last is not None and now > last
                        if where and where[0] == "function":
                            self.calls.append((where[1], int(f["billed_ns"]) / 1e9))
                    elif kind == "observe":
                        machine = self.machines[f["machine"]]
                        if f["event"] == "ready":
                            machine[2] = now
                        elif f["event"] in ("gone", "failed"):
                            machine[3] = now
                elif words[1] == "route":
                    if kind == "arrive":
                        deadline[f["query"]] = now + limit if limit else None
                    if "machine" in f:
                        self.place[f["decision"]] = ("machine", None, self.variants[int(f["variant"])], now)
                    elif "function" in f:
                        self.place[f["decision"]] = ("function", int(f["function"]))
                    elif "wait_until_ns" in f:
                        self.waited += 1
                    else:
                        self.refused += 1
                        deadline.pop(f["query"], None)
                elif words[1] == "buy":
                    self.machines[f["machine"]] = [int(f["offer"]), now, None, None]
                elif words[1] == "warm":
                    self.place[f["decision"]] = ("function", int(f["function"]))
        self.end = max((when for when, _ in self.answered), default=0)

    def bill(self):
        machines = functions = 0.0
        for offer, bought, _, gone in self.machines.values():
            o = self.machine_offers[offer]
            if bought >= self.end:
                continue
            lived = min(gone or self.end, self.end) - bought
            lived = max(lived, int(o["minimum_billed_ns"]) / 1e9)
            machines += lived / 3600 * float(o["price_usd_per_hour"])
        for offer, billed in self.calls:
            o = self.function_offers[offer]
            functions += (billed * float(o["memory_mb"]) / 1024 * float(o["price_usd_per_gb_second"])
                          + float(o["price_usd_per_call"]))
        return machines, functions

    def ready(self, at):
        return sum(1 for _, _, ready, gone in self.machines.values()
                   if ready is not None and ready <= at and (gone is None or gone > at))

    def summary(self):
        machines, functions = self.bill()
        answered = max(len(self.answered), 1)
        begin = self.arrivals[0] if self.arrivals else 0
        seconds = range(int(begin), max(int(self.end), int(begin) + 1))
        ready = [self.ready(s) for s in seconds]
        return {"requests": self.arrived, "answered": len(self.answered), "refused": self.refused,
                "late": self.late, "waited_share": self.waited / max(self.arrived, 1),
                "function_share": sum(where == "function" for _, where in self.answered) / answered,
                "machines_bought": len(self.machines), "machines_mean": sum(ready) / max(len(ready), 1),
                "machines_peak": max(ready, default=0), "cost_machines_usd": machines,
                "cost_functions_usd": functions, "cost_usd": machines + functions,
                "machines_each_second": ready}


def trace_of(path, seconds, rate, crowd):
    """Quiet while the first machine boots, a steady load, a crowd of a sixth of the time, steady again."""
    with open(path, "w") as out:
        out.write("second,requests\n")
        for s in range(seconds):
            busy = seconds // 2 <= s < seconds // 2 + seconds // 6
            out.write(f"{s},{0 if s < 10 else crowd if busy else rate}\n")


def live(args, folder, name, trace, mix, catalog, machines_max):
    """One run of the server: its journal, and what the load generator says of its own."""
    journal = folder / f"{name}.journal"
    config = folder / "serve.yaml"
    config.write_text(f"paragon: 1\ncloud: {{cpu: {args.cpu}}}\n")
    server = subprocess.Popen(
        [args.program, "serve", "--http", "127.0.0.1:0", "--config", str(config), "--catalog", catalog, "--scheme",
         args.scheme, "--machines-min", "1", "--machines-max", str(machines_max), "--journal", str(journal),
         "--log-level", "warn"], stdout=subprocess.PIPE, text=True)
    try:
        url = re.search(r"listening on (\S+)", server.stdout.readline())[1]
        loaded = subprocess.run(
            [args.program, "load", "--url", url, "--trace", trace, "--mix", mix, "--seed", "1", "--json", "--quiet"],
            capture_output=True, text=True, timeout=args.seconds + 120)
        if loaded.returncode != 0:
            sys.exit(f"fidelity: the load failed: {loaded.stderr}")
        load = json.loads(loaded.stdout)
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(timeout=60)
    return Journal(journal), load


def simulated(args, folder, trace, mix, catalog, hand_off=None):
    journal = folder / "simulated.journal"
    told = [] if hand_off is None else ["--hand-off-ms", f"{1000 * hand_off:.3f}"]
    subprocess.run([args.program, "simulate", "--trace", trace, "--mix", mix, "--catalog", catalog, "--scheme",
                    args.scheme, "--machines-min", "1", "--machines-max", str(args.machines_max), "--no-bound", *told,
                    "--seed", "1", "--journal", str(journal), "--json"],
                   check=True, capture_output=True, text=True)
    return Journal(journal)


def copied_catalog(folder, speed):
    """A copy of the shipped catalog and its table of networks, with slower offers; returns the catalog's path."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(ROOT / "data", folder / "data")
    offers = folder / "data" / "local" / "offers.yaml"
    text, slowed = re.subn(r"(?m)^  speed: .*$", f"  speed: {speed}", offers.read_text())
    if slowed != 2:
        sys.exit(f"fidelity: {offers}: expected a speed for machines and one for functions, found {slowed}")
    offers.write_text(text)
    models = folder / "models" / "garment"
    models.mkdir(parents=True)
    for file in (ROOT / "models" / "garment").iterdir():
        if file.name == "models.csv":
            shutil.copy(file, models)
        else:
            (models / file.name).symlink_to(file)
    return str(folder / "data" / "local" / "catalog.yaml")


def percentile99(times):
    """Of the lognormal distribution that the simulator draws from, such that its mean is that of the times: a few stalls of
    a shared computer are what their 99th percentile would be, and the load is the mean."""
    median = statistics.median(times)
    sigma = math.sqrt(2 * math.log(max(statistics.mean(times) / median, 1.001)))
    return median * math.exp(2.326 * sigma)


def write_service_times(folder, journal):
    """Puts what the journal's server took into the copied catalog."""
    speed = float(journal.machine_offers[0]["speed"])
    table = folder / "models" / "garment" / "models.csv"
    with open(table, newline="") as rows:
        rows = list(csv.DictReader(rows))
    print(f"{'measured on this server':32}{'p50 ms':>8}{'p99 ms':>8}{'shipped':>9}")
    known = {}  # file -> p50, p99
    for row in rows:
        # Without the slowest, which loaded the network.
        times = sorted(journal.services.get(row["file"].removesuffix(".onnx"), []))[:-1]
        if len(times) < 10:
            continue
        p50, p99 = (1000 * speed * t for t in (statistics.median(times), percentile99(times)))
        print(f"{row['file']:32}{p50:8.3f}{p99:8.3f}{float(row['latency_ms_median']):9.3f}")
        known[row["file"]] = p50, p99
    # Networks that were not asked for too: a straight line, or they would look faster than those that were.
    shipped = {row["file"]: float(row["latency_ms_median"]) for row in rows}
    slope, handling = statistics.linear_regression(
        [shipped[file] for file in known], [p50 for p50, _ in known.values()])
    print(f"{'the line through them':32}{handling:8.3f} ms + {slope:.2f} x shipped\n")
    ratio = statistics.median(p99 / p50 for p50, p99 in known.values())
    for row in rows:
        guess = max(handling, 0) + slope * shipped[row["file"]]
        p50, p99 = known.get(row["file"], (guess, guess * ratio))
        row["latency_ms_median"] = f"{p50:.4f}"
        row["latency_ms_p99"] = f"{p99:.4f}"
    with open(table, "w", newline="") as out:
        writer = csv.DictWriter(out, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    garment = folder / "data" / "garment" / "catalog.yaml"
    garment.write_text(re.sub(r"handling_ms: .*", "handling_ms: 0", garment.read_text()))  # it is in the times


def verdict(there, here, load):
    """0: they agree. 1: they do not. 77: the computer was too busy for the question, see below."""
    apart = []
    if abs(here["cost_usd"] / there["cost_usd"] - 1) > 0.05:
        apart.append("cost")
    for share in ("function_share", "waited_share"):
        if abs(here[share] - there[share]) > 0.05:
            apart.append(share)
    if not apart:
        print("They agree.")
        return 0
    # Who sends late has not been given the processor, and so have the workers not: what the server then decides
    # is right for a slow cloud, and not what the simulator was asked.
    if load["fell_behind"]:
        print(f"SKIPPED: a request in a hundred was sent {load['send_lag_ms']['p99']:.1f} ms late: this computer is too busy "
              "to tell")
        return 77
    print("They do NOT agree on: " + ", ".join(apart))
    return 1


def as_profiled(args, folder, trace, mix):
    catalog = copied_catalog(folder / "both", args.speed)
    here = simulated(args, folder, trace, mix, catalog)
    there, load = live(args, folder, "live", trace, mix, catalog, args.machines_max)
    return there, here, load


def as_measured(args, folder, trace, mix):
    catalog = copied_catalog(folder / "server", args.speed)
    calibration = str(folder / "calibration.csv")
    trace_of(calibration, args.calibrate, args.rate, args.crowd)
    before, _ = live(args, folder, "calibration", calibration, mix, catalog, 1)
    write_service_times(folder / "server", before)
    there, load = live(args, folder, "live", trace, mix, catalog, args.machines_max)
    catalog = copied_catalog(folder / "simulator", args.speed)
    write_service_times(folder / "simulator", there)
    return there, simulated(args, folder, trace, mix, catalog, statistics.median(there.hand_offs)), load


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--program", default=str(ROOT / "build/release/paragon"))
    parser.add_argument("--scheme", default="paragon")
    parser.add_argument("--seconds", type=int, default=60, help="length of the load")
    parser.add_argument("--calibrate", type=int, default=24, help="length of the run before it, where there is one")
    parser.add_argument("--rate", type=int, default=30, help="queries a second")
    parser.add_argument("--crowd", type=int, default=90, help="the same for a sixth of the time")
    parser.add_argument("--speed", type=float, default=0.05, help="of a vCPU of the local cloud, in cores")
    parser.add_argument("--machines-max", type=int, default=8)
    parser.add_argument("--cpu", default="profile", choices=["profile", "stretch", "control_group"],
                        help="how the local cloud plays slow processors")
    parser.add_argument("--out", type=pathlib.Path, help="keep the journals and fidelity.json here")
    args = parser.parse_args()

    with tempfile.TemporaryDirectory() as temporary:
        folder = args.out or pathlib.Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        trace = str(folder / "trace.csv")
        trace_of(trace, args.seconds, args.rate, args.crowd)
        mix = str(ROOT / "data/mixes/demo.yaml")
        run = as_profiled if args.cpu == "profile" else as_measured
        there, here, load = run(args, folder, trace, mix)
        a, b = there.summary(), here.summary()
        pairs = list(zip(a.pop("machines_each_second"), b.pop("machines_each_second")))
        apart = sum(abs(x - y) for x, y in pairs) / max(sum(x for x, _ in pairs), 1)
        print(f"{'':24}{'live':>12}{'simulated':>12}{'apart':>9}")
        for name in a:
            x, y = a[name], b[name]
            share = name.endswith("share")
            off = f"{100 * (y - x):+.1f} pt" if share else f"{100 * (y / x - 1):+.1f} %" if x else "-"
            print(f"{name:24}{x:12.4g}{y:12.4g}{off:>9}")
        print(f"{'machines over time':24}{'':24}{100 * apart:8.1f} %   (mean distance, second by second)")
        result = {"live": a, "simulated": b, "machines_apart": apart, "cost_apart": b["cost_usd"] / a["cost_usd"] - 1,
                  "send_lag_ms": load["send_lag_ms"], "settings": {k: str(v) for k, v in vars(args).items()}}
        (folder / "fidelity.json").write_text(json.dumps(result, indent=2) + "\n")
        sys.exit(verdict(a, b, load))


if __name__ == "__main__":
    main()
