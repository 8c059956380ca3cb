"""A strict AWS for tests.

    python3 tests/aws/server [--program PARAGON] [--root DIR] [--boot-s 2] [--seed N] [--policy FILE] [--port N]

Prints `ready PORT` once it serves all services on 127.0.0.1:PORT; it ends at SIGTERM or SIGINT, and so does all that it
started.
"""

import argparse
import json
import os
import shutil
import signal
import sys
import tempfile
import threading

import policy
from ec2 import Ec2
from front import Server
from lambda_service import Lambda
from pricing import Pricing
from processes import become_reaper
from quotas import Quotas
from s3 import S3
from sts import Sts
from world import Settings, World


def options():
    parser = argparse.ArgumentParser(prog="tests/aws/server", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", help="the paragon program; instances and functions find it as `paragon`")
    parser.add_argument("--root", help="folder for what instances and functions leave (otherwise one that is removed)")
    parser.add_argument("--port", type=int, default=0, help="otherwise one that is free")
    parser.add_argument("--seed", type=int, default=1, help="of ids and of faults with a share")
    parser.add_argument("--policy", help="IAM policy (JSON) of the key `limited`")
    for name, field in Settings.__dataclass_fields__.items():
        if field.type is float:
            parser.add_argument("--" + name.replace("_", "-"), type=float, default=field.default)
    parser.add_argument("--script-end", choices=("terminate", "stay"), default="terminate",
                        help="what the end of an instance's script without `shutdown` does; on AWS, nothing")
    parser.add_argument("--freeze", action="store_true", help="stop functions between invocations, as AWS does")
    return parser.parse_args()


def main():
    asked = options()
    if asked.program and not os.access(asked.program, os.X_OK):
        sys.exit(f"tests/aws/server: --program {asked.program} cannot be run")
    settings = Settings()
    for name in Settings.__dataclass_fields__:
        if hasattr(asked, name):
            settings.set(name, getattr(asked, name))
    become_reaper()
    root = os.path.abspath(asked.root) if asked.root else tempfile.mkdtemp(prefix="aws-server-")
    world = World(root, asked.program and os.path.abspath(asked.program), asked.seed, settings)
    if asked.policy:
        with open(asked.policy, encoding="utf-8") as file:
            world.policies["limited"] = json.load(file)
        policy.check(world.policies["limited"])
    server = Server(world, [kind(world) for kind in (Ec2, Lambda, Sts, Quotas, Pricing, S3)], asked.port)
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    server.start()
    print(f"ready {server.port}", flush=True)
    ended.wait()
    server.close()
    world.destroy()
    if not asked.root:
        shutil.rmtree(root, ignore_errors=True)


main()
