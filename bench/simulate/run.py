#!/usr/bin/env python3
"""How many requests a second one core simulates. bench/README.md says what for.

Contestants take turns; each figure is requests over CPU time, the median of the rounds with their least and most.
"""
import argparse
import json
import pathlib
import statistics
import subprocess
import sys

here = pathlib.Path(__file__).resolve().parent
root = here.parent.parent


def turn(program, contestant, arguments):
    done = subprocess.run([program, contestant, *map(str, arguments)], stdout=subprocess.PIPE, text=True)
    if done.returncode != 0:
        raise SystemExit(f"bench_simulate {contestant}: failed ({done.returncode})")
    return json.loads(done.stdout)


def contest(program, contestants, arguments, rounds):
    """Turns by contestant; who runs twice must do the same twice."""
    told = {c: [] for c in contestants}
    for _ in range(rounds):
        for c in contestants:
            told[c].append(turn(program, c, arguments))
    for c, turns in told.items():
        if len({t.get("hash") for t in turns}) != 1:
            raise SystemExit(f"{c}: equal runs had different decisions")
    return told


def speeds(turns):
    return [t["requests_per_s"] / 1e6 for t in turns]


def ratio(told, a, b):
    """Of turns that followed each other, so what else the machine did matters less."""
    return statistics.median(x["requests_per_s"] / y["requests_per_s"] for x, y in zip(told[a], told[b]))


def show(title, told):
    print(title)
    for c, turns in told.items():
        s = speeds(turns)
        beside = "" if "hash" not in turns[0] else f"   {ratio(told, c, 'plain'):.2f} x plain"
        print(f"  {c:10} {statistics.median(s):6.2f} M/s ({min(s):.2f} to {max(s):.2f}){beside}   "
              f"{turns[0]['requests'] / 1e6:.1f} M requests, p99 {turns[0]['p99_ms']:.0f} ms")
    print()


def verdict(what, value, target, at_least=True):
    met = value >= target if at_least else value <= target
    print(f"  {what:58} {value:7.2f}   target {'at least' if at_least else 'at most'} {target:g}   "
          f"{'met' if met else 'MISSED'}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", default=root / "build" / "release")
    parser.add_argument("--out", default=root / "out" / "bench" / "simulate")
    parser.add_argument("--trace", default=root.parent / "shared" / "traces" / "berkeley_part1.csv.gz",
                        help="a recorded trace; without one the rate is constant")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--quick", action="store_true")
    args = parser.parse_args()
    program = pathlib.Path(args.build) / "bench" / "bench_simulate"
    rounds = 1 if args.quick else args.rounds
    seconds = 100 if args.quick else 3000
    load = ["--rate", 3000]
    if pathlib.Path(args.trace).exists():
        load += ["--trace", args.trace]
    else:
        print(f"no trace at {args.trace}: constant rate instead", file=sys.stderr)

    queues = ["fifo", "plain", "plain_heap"]  # and nothing else
    contestants = [*queues, "reactive", "paragon"]
    small = contest(program, contestants, [*load, "--length", seconds, "--slots", 200], rounds)
    large = contest(program, contestants, [*load, "--length", seconds, "--slots", 16000], max(1, rounds // 2))
    for told in (small, large):
        if len({told[c][0]["mean_ns"] for c in queues}) != 1:
            raise SystemExit("the same queue came to different latencies")
    show("about 200 busy slots", small)
    show("about 16,000 busy slots", large)

    # Peak memory of one length and of ten.
    short, long_ = (turn(program, "paragon", ["--rate", 3000, "--length", s]) for s in (seconds / 10, seconds))
    grown = long_["peak_rss_kb"] / short["peak_rss_kb"]
    print(f"peak memory: {short['peak_rss_kb'] / 1024:.1f} MB for {short['requests'] / 1e6:.2f} M requests, "
          f"{long_['peak_rss_kb'] / 1024:.1f} MB for {long_['requests'] / 1e6:.2f} M\n")

    def fast(told, c):
        return statistics.median(speeds(told[c]))

    verdict("paragon, M requests/s", fast(small, "paragon"), 5)
    verdict("reactive, M requests/s", fast(small, "reactive"), 8)
    verdict("paragon / plain loop with a 4-ary heap", ratio(small, "paragon", "plain_heap"), 0.4)
    verdict("paragon / plain loop with our event list", ratio(small, "paragon", "plain"), 0.4)
    verdict("paragon, 200 slots / 16,000 slots", fast(small, "paragon") / fast(large, "paragon"), 3, False)
    verdict("memory, ten times the length", grown, 1.1, False)
    out = pathlib.Path(args.out)
    out.mkdir(parents=True, exist_ok=True)
    (out / "simulate.json").write_text(json.dumps({"small": small, "large": large, "memory": [short, long_]}, indent=1))


if __name__ == "__main__":
    main()
