#!/usr/bin/env python3
"""What five times too much load does to strict queries. bench/README.md says what for.

Capacity is found first: the highest rate at which 99 % of the queries are answered on time. Then load at capacity and at
five times capacity take turns. Arrivals are independent of each other and of the answers (Poisson, open loop).
"""
import argparse
import json
import pathlib
import subprocess
import sys
import time
import urllib.request

here = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(here.parent))
import processes  # noqa: E402
from processes import median  # noqa: E402

root = here.parent.parent
MACHINES = 2


class Load:
    def __init__(self, program, url, out):
        self.program, self.url, self.out, self.seed = program, url, out, 0

    def __call__(self, rate, seconds):
        """On-time answers a second, shares, and what was refused, of one load."""
        self.seed += 1
        done = subprocess.run([self.program, "load", "--url", self.url, "--rate", str(rate), "--duration", str(seconds),
                               "--mix", here / "mix.yaml", "--seed", str(self.seed), "--limit", "500", "--timeout", "5",
                               "--json", "--quiet"], stdout=subprocess.PIPE)
        if not done.stdout:
            raise SystemExit("paragon load: failed")
        told = json.loads(done.stdout)
        strict = told["classes"][0]
        on_time = strict["answered"] - strict["late"]
        accepted = strict["answered"] + strict["failed"] + strict["unanswered"]
        return {"rate": rate, "sent": strict["sent"], "answered": strict["answered"], "late": strict["late"],
                "refused": strict["refused"], "failed": strict["failed"] + strict["unanswered"],
                "on_time_share": on_time / max(1, strict["sent"]),
                "accepted_on_time_share": on_time / accepted if accepted else 0.0,
                "goodput": on_time / seconds, "p50_ms": strict["latency_ms"]["p50"], "p99_ms": strict["latency_ms"]["p99"],
                "generator_fell_behind": told["fell_behind"], "errors": told["errors"][:3]}


def await_machines(url):
    end = time.monotonic() + 30
    while time.monotonic() < end:
        with urllib.request.urlopen(url + "/metrics") as answer:
            text = answer.read().decode()
        ready = [line for line in text.splitlines() if line.startswith("paragon_machines{") and 'ready' in line]
        if ready and sum(float(line.rsplit(" ", 1)[1]) for line in ready) >= MACHINES:
            return
        time.sleep(0.1)
    raise SystemExit("the machines did not come up within 30 s")


def find_capacity(load, guess, seconds, share):
    """The highest rate, within 5 %, of which `share` is answered on time; and what was tried."""
    tried = [load(guess, seconds)]
    low, high = 0.0, tried[0]["goodput"] * 1.1  # nothing goes beyond what an overload got through
    rate = tried[0]["goodput"] * 0.9
    while high - low > 0.05 * high and len(tried) < 8:
        tried.append(load(round(rate, 1), seconds))
        if tried[-1]["on_time_share"] >= share:
            low = rate
        else:
            high = rate
        rate = (low + high) / 2 if low > 0 else high * 0.85
    return round(low if low > 0 else rate, 1), tried


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", default=root / "build/release")
    parser.add_argument("--out", default=root / "out/bench/overload")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--guess", type=float, default=600, help="a rate beyond capacity")
    parser.add_argument("--quick", action="store_true", help="one short round at a guessed capacity: does it still run?")
    options = parser.parse_args()
    out = pathlib.Path(options.out)
    out.mkdir(parents=True, exist_ok=True)
    program = pathlib.Path(options.build).resolve() / "paragon"
    server = processes.Server("paragon", [program, "serve", "--config", here / "config.yaml"], out / "paragon.log")
    try:
        await_machines(server.url)
        load = Load(program, server.url, out)
        load(50, 0.5 if options.quick else 3)  # the brain learns what its machines take
        if options.quick:
            capacity, tried, options.rounds, options.seconds = 50, [], 1, 0.5
        else:
            capacity, tried = find_capacity(load, options.guess, options.seconds, 0.99)
        at, beyond = [], []
        for _ in range(options.rounds):
            at.append(load(capacity, options.seconds))
            beyond.append(load(5 * capacity, options.seconds))
    finally:
        server.stop()
    kept = median([r["accepted_on_time_share"] for r in beyond])
    ratio = median([b["goodput"] / max(a["goodput"], 1e-9) for a, b in zip(at, beyond)])
    result = {"bench": "overload", "machine": processes.machine(), "load_average": processes.load_average(),
              "seconds": options.seconds, "capacity_per_s": capacity, "search": tried, "at_capacity": at,
              "at_five_times": beyond, "accepted_on_time_share": kept, "goodput_ratio": ratio,
              "targets": {"accepted_on_time_share >= 0.95": kept >= 0.95, "goodput_ratio >= 0.95": ratio >= 0.95}}
    (out / "overload.json").write_text(json.dumps(result, indent=1) + "\n")

    print(f"overload: strict queries, 200 ms, {MACHINES} machines, nothing to buy; {result['machine']}, "
          f"load average {result['load_average']}")
    print(f"  {'':12} {'rate':>6} {'sent':>6} {'answered':>8} {'late':>5} {'refused':>7} {'failed':>6} {'accepted on time':>16} "
          f"{'goodput/s':>9} {'p50 ms':>7} {'p99 ms':>7}")
    for name, runs in (("search", tried), ("at capacity", at), ("5 x capacity", beyond)):
        for r in runs:
            print(f"  {name:12} {r['rate']:6.0f} {r['sent']:6} {r['answered']:8} {r['late']:5} {r['refused']:7} {r['failed']:6} "
                  f"{r['accepted_on_time_share'] * 100:14.1f} % {r['goodput']:9.1f} {r['p50_ms'] or 0:7.1f} {r['p99_ms'] or 0:7.1f}"
                  + ("  generator fell behind" if r["generator_fell_behind"] else ""))
    print(f"capacity (99 % on time) {capacity:g}/s; at five times that {kept * 100:.1f} % of the accepted on time, "
          f"goodput x {ratio:.2f}")
    if not options.quick:
        for name, met in result["targets"].items():
            print(f"target {name}: {'met' if met else 'MISSED'}")


if __name__ == "__main__":
    main()
