"""Programs under measurement: started together with their children, known by their CPU time, always ended.

CPU time comes from each process's own CPU clock (nanoseconds, all its threads, also those that ended), so what else
the machine does shifts it little; wall time on a shared machine does not have that property.
"""
import os
import pathlib
import signal
import subprocess
import time


def cpu_seconds(pid):
    return time.clock_gettime((~pid << 3) | 2)  # clock_getcpuclockid(3)


def children(pid):
    """All processes below pid."""
    below = {}
    for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        below.setdefault(int(fields[1]), []).append(int(stat.parent.name))
    found, open_ = [], [pid]
    while open_:
        more = below.get(open_.pop(), [])
        found += more
        open_ += more
    return found


class Server:
    """A program that writes `listening on URL` to its output when it answers."""

    def __init__(self, name, command, log, cwd=None, patience_s=30):
        self.name = name
        self.log = pathlib.Path(log)
        with open(self.log, "wb") as out:
            self.process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, cwd=cwd,
                                            stdin=subprocess.DEVNULL)
        self.url = self._await_url(patience_s)

    def _await_url(self, patience_s):
        end = time.monotonic() + patience_s
        while time.monotonic() < end and self.process.poll() is None:
            for line in self.log.read_text(errors="replace").splitlines():
                if line.startswith("listening on http"):
                    return line.removeprefix("listening on ").strip()
            time.sleep(0.02)
        self.stop()
        raise SystemExit(f"{self.name}: did not begin to answer; its output:\n{self.log.read_text(errors='replace')}")

    def cpu(self):
        """Seconds of CPU time by process: of the server itself, and of everything below it."""
        own = cpu_seconds(self.process.pid)
        below = 0.0
        for pid in children(self.process.pid):
            try:
                below += cpu_seconds(pid)
            except OSError:
                pass  # ended meanwhile
        return own, below

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


def median(values):
    ordered = sorted(values)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


def machine():
    """One line about where this was measured."""
    model = "unknown processor"
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.split(":", 1)[1].strip()
            break
    return f"{os.cpu_count()} cores, {model}, Linux {os.uname().release.split('-')[0]}"


def load_average():
    return round(os.getloadavg()[0], 1)
