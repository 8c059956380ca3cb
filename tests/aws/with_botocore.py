"""Finds a Python with botocore for the checks of this folder, and runs our side of them.

Distributions install python3-botocore for their own interpreter, which need not be the first on the path: where this
one has no botocore but /usr/bin/python3 does, the check goes on there. Where none has, it says so and exits 77, which
CTest shows as skipped.
"""

import argparse
import json
import os
import subprocess
import sys

try:
    import botocore  # noqa: F401
except ImportError:
    SYSTEM = "/usr/bin/python3"
    if os.path.exists(SYSTEM) and os.path.realpath(SYSTEM) != os.path.realpath(sys.executable):
        if subprocess.run([SYSTEM, "-c", "import botocore"], capture_output=True).returncode == 0:
            os.execv(SYSTEM, [SYSTEM, *sys.argv])
    print("SKIPPED: no botocore here, so nothing was compared with it; install python3-botocore")
    sys.exit(77)


def probe_path(description):
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--probe", required=True, help="the built aws_probe")
    return parser.parse_args().probe


def ask(probe, kind, cases):
    """The answers of aws_probe to the cases, in their order."""
    lines = "".join(json.dumps(case) + "\n" for case in cases)
    done = subprocess.run([probe, kind], input=lines, capture_output=True, text=True, check=True)
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    if len(answers) != len(cases):
        sys.exit(f"aws_probe {kind}: {len(answers)} answers to {len(cases)} cases; {done.stderr}")
    return answers


def finish(what, count, wrong):
    """Prints the first few of what is wrong, and ends the check."""
    for line in wrong[:5]:
        print(line)
    print(f"{count} {what}, {len(wrong)} wrong (botocore {botocore.__version__})")
    sys.exit(1 if wrong or not count else 0)
