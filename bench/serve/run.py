#!/usr/bin/env python3
"""Server CPU time and latency of one request, as multiples of a bare echo server. bench/README.md says what for.

Contestants take turns within each round, so that what the machine does meanwhile meets them all; the figures are the
medians over the rounds, with the smallest and largest. Answers are compared before anything is timed.
"""
import argparse
import http.client
import json
import pathlib
import socket
import subprocess
import sys

here = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(here.parent))
import processes  # noqa: E402
from processes import median  # noqa: E402

sys.path.insert(0, str(here))
import bodies  # noqa: E402

root = here.parent.parent
INFER = "/v2/models/garment-classification/infer"
ALONE = "/v2/models/garment_xs/infer"
MODEL = "garment_xs"


class Contestant:
    def __init__(self, name, server, path, body):
        self.name, self.server, self.path, self.body = name, server, path, body


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("localhost")
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(self.path)


def worker_statistics(server):
    """Sums of the model's statistics at the worker below `paragon serve`: {name: {count, ns}}."""
    for pid in processes.children(server.process.pid):
        arguments = pathlib.Path(f"/proc/{pid}/cmdline").read_bytes().decode().split("\0")
        address = next((a for a in arguments if a.startswith("unix:")), None)
        if address:
            connection = UnixConnection(address.removeprefix("unix:"))
            connection.request("GET", f"/v2/models/{MODEL}/stats")
            return json.loads(connection.getresponse().read())["model_stats"][0]["inference_stats"]
    raise SystemExit("no worker below paragon serve")


def install_fastify(log):
    """The folder of the npm contestant with its packages, or the reason why there is none."""
    cache = pathlib.Path(subprocess.run([here / "fastify/install"], stdout=subprocess.PIPE, stderr=open(log, "wb"),
                                        text=True).stdout.strip() or "/nonexistent")
    return (cache, None) if cache.is_dir() else (None, pathlib.Path(log).read_text(errors="replace").strip())


class Bench:
    def __init__(self, options):
        self.options = options
        self.out = pathlib.Path(options.out)
        self.out.mkdir(parents=True, exist_ok=True)
        build = pathlib.Path(options.build).resolve()
        self.client = build / "bench/bench_serve_client"
        self.bodies = bodies.write(here / "garment.png", self.out)
        self.servers, self.skipped = [], []
        paragon = build / "paragon"
        echo = self.start("echo", [build / "bench/bench_serve_echo"])
        serve = self.start("paragon", [paragon, "serve", "--config", here / "config.yaml"])
        alone = self.start("worker", [here / "alone", paragon])
        self.paragon = serve
        self.contestants = [
            Contestant("echo", echo, "/", "tensor"),
            Contestant("paragon", serve, INFER, "tensor"),
            Contestant("worker alone", alone, ALONE, "tensor"),
            Contestant("paragon, PNG", serve, INFER, "png"),
            Contestant("paragon, JSON", serve, INFER, "json"),
        ]
        if not options.quick:
            folder, why = install_fastify(self.out / "fastify-install.log")
            if folder:
                node = self.start("fastify", ["node", folder / "server.mjs", root / f"models/garment/{MODEL}.onnx",
                                              root / "models/garment/labels.txt"])
                self.contestants += [Contestant("fastify", node, INFER, "tensor"),
                                     Contestant("fastify, JSON", node, INFER, "json")]
            else:
                self.skipped.append(f"SKIPPED fastify + onnxruntime-node: {why}")
        else:
            self.skipped.append("SKIPPED fastify + onnxruntime-node: not part of --quick")
        model = subprocess.run([build / "bench/bench_serve_model", root / f"models/garment/{MODEL}.onnx"],
                               check=True, stdout=subprocess.PIPE, text=True)
        self.model_us = float(model.stdout) / 1000

    def start(self, name, command):
        server = processes.Server(name, command, self.out / f"{name}.log")
        self.servers.append(server)
        return server

    def stop(self):
        for server in self.servers:
            server.stop()

    def ask(self, contestant, *more):
        file, headers = self.bodies[contestant.body]
        command = [self.client, "--url", contestant.server.url + contestant.path, "--body", file]
        for header in headers:
            command += ["--header", header]
        done = subprocess.run(command + [str(m) for m in more], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        if done.returncode != 0:
            raise SystemExit(f"{contestant.name}: {done.stderr.decode(errors='replace')}")
        return done.stdout

    def compare_answers(self):
        """All say the same of the picture, or nothing is timed."""
        answers = {}
        for contestant in self.contestants:
            answer = self.ask(contestant, "--once")
            if contestant.name == "echo":
                if answer != self.bodies["tensor"][0].read_bytes():
                    raise SystemExit("echo: sent back something else")
                continue
            parsed = json.loads(answer)
            outputs = {o["name"]: o["data"] for o in parsed["outputs"]}
            if parsed["model_name"] != MODEL:
                raise SystemExit(f"{contestant.name}: answered by {parsed['model_name']}, expected {MODEL}")
            answers[contestant.name] = (outputs["labels"][0], outputs["scores"][0])
        label, score = answers["paragon"]
        for name, (other_label, other_score) in answers.items():
            # The PNG is the picture before it was enlarged: its score differs a little more.
            if other_label != label or abs(other_score - score) > (0.25 if name == "paragon, PNG" else 0.01):
                raise SystemExit(f"answers differ: {answers}")
        return label

    def measure(self, contestant, *mode):
        before = contestant.server.cpu()
        told = json.loads(self.ask(contestant, *mode))
        after = contestant.server.cpu()
        count = told["requests"]
        return {"own_us": (after[0] - before[0]) / count * 1e6, "below_us": (after[1] - before[1]) / count * 1e6,
                "cpu_us": (after[0] + after[1] - before[0] - before[1]) / count * 1e6,
                "p50_us": told["p50_us"], "p99_us": told["p99_us"], "requests": count}

    def await_machine(self):
        for contestant in self.contestants:  # waits in the server's waiting room until its machine is up
            self.ask(contestant, "--once")

    def run(self):
        self.await_machine()
        label = self.compare_answers()
        options = self.options
        modes = {"closed": ["--seconds", options.seconds],
                 "open": ["--seconds", options.seconds, "--rate", options.rate, "--connections", 8]}
        for contestant in self.contestants:
            self.ask(contestant, "--seconds", options.seconds / 2)  # warm
        before = worker_statistics(self.paragon)
        samples = {mode: {c.name: [] for c in self.contestants} for mode in modes}
        for _ in range(options.rounds):
            for mode, arguments in modes.items():
                for contestant in self.contestants:
                    samples[mode][contestant.name].append(self.measure(contestant, *arguments))
        after = worker_statistics(self.paragon)
        inside = {name: (after[name]["ns"] - before[name]["ns"]) / max(1, after[name]["count"] - before[name]["count"])
                  / 1000 for name in ("queue", "compute_input", "compute_infer", "compute_output")}
        return self.result(label, samples, inside)

    def result(self, label, samples, inside):
        table = {}
        for mode, by_name in samples.items():
            echoes = [s["cpu_us"] for s in by_name["echo"]]
            table[mode] = {}
            for name, runs in by_name.items():
                model = 0 if name == "echo" else self.model_us
                row = {key: spread([r[key] for r in runs]) for key in ("cpu_us", "own_us", "below_us", "p50_us", "p99_us")}
                row["ratio"] = spread([r["cpu_us"] / e for r, e in zip(runs, echoes)])
                row["ratio_without_model"] = spread([(r["cpu_us"] - model) / e for r, e in zip(runs, echoes)])
                row["requests"] = sum(r["requests"] for r in runs)
                table[mode][name] = row
        closed = samples["closed"]
        added = spread([p["p50_us"] - w["p50_us"] for p, w in zip(closed["paragon"], closed["worker alone"])])
        return {"bench": "serve", "machine": processes.machine(), "load_average": processes.load_average(),
                "rounds": self.options.rounds, "seconds": self.options.seconds, "open_rate_per_s": self.options.rate,
                "label": label, "model_us": self.model_us, "worker_inside_us": inside,
                "added_p50_us": added, "contestants": table, "skipped": self.skipped,
                "targets": {
                    "ratio_without_model <= 5": table["closed"]["paragon"]["ratio_without_model"]["median"] <= 5,
                    "added_p50_us <= 250": added["median"] <= 250}}


def spread(values):
    return {"median": median(values), "least": min(values), "most": max(values)}


def show(result):
    def cell(value, digits=1):
        return f"{value['median']:.{digits}f} ({value['least']:.{digits}f}-{value['most']:.{digits}f})"

    lines = [f"serve: server CPU time a request, answers '{result['label']}' compared; {result['machine']}, "
             f"load average {result['load_average']}",
             f"median (least-most) of {result['rounds']} rounds of {result['seconds']} s; "
             f"{MODEL} alone takes {result['model_us']:.1f} us of CPU"]
    titles = {"closed": "one connection, closed loop",
              "open": f"{result['open_rate_per_s']:g} requests a second, open loop, 8 connections"}
    for mode, rows in result["contestants"].items():
        lines += ["", titles[mode],
                  f"  {'':14} {'CPU us':>22} {'server':>7} {'workers':>7} {'x echo':>20} {'without model':>20} "
                  f"{'p50 us':>22} {'p99 us':>7}"]
        for name, row in rows.items():
            lines.append(f"  {name:14} {cell(row['cpu_us']):>22} {row['own_us']['median']:7.1f} "
                         f"{row['below_us']['median']:7.1f} {cell(row['ratio'], 2):>20} "
                         f"{cell(row['ratio_without_model'], 2):>20} {cell(row['p50_us'], 0):>22} "
                         f"{row['p99_us']['median']:7.0f}")
    inside = ", ".join(f"{name} {us:.1f}" for name, us in result["worker_inside_us"].items())
    lines += ["", f"inside the worker (wall, all bodies, mean us): {inside}",
              f"added by the gateway at the median, one connection: {cell(result['added_p50_us'], 0)} us"]
    lines += [f"target {name}: {'met' if met else 'MISSED'}" for name, met in result["targets"].items()]
    return "\n".join(lines + result["skipped"])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", default=root / "build/release")
    parser.add_argument("--out", default=root / "out/bench/serve")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=2)
    parser.add_argument("--rate", type=float, default=1000)
    parser.add_argument("--quick", action="store_true", help="one short round, without fastify: does it still run?")
    options = parser.parse_args()
    if options.quick:
        options.rounds, options.seconds, options.rate = 1, 0.2, 200
    bench = Bench(options)
    try:
        result = bench.run()
    finally:
        bench.stop()
    (bench.out / "serve.json").write_text(json.dumps(result, indent=1) + "\n")
    print(show(result))


if __name__ == "__main__":
    main()
