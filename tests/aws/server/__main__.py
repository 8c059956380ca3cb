"""A strict AWS for tests, on one port of this machine: EC2, Lambda, STS, service quotas, price list, S3's GET, the
portal of single sign-on, a container's endpoint for credentials.

    python3 tests/aws/server [--program PARAGON] [--root DIR] [--boot-s 2] [--seed N] [--policy FILE] [--with-parent]

Prints `ready PORT` once it serves http://127.0.0.1:PORT; ends at SIGTERM or SIGINT, and so does all that it started.
It is written from AWS's documentation and checked against botocore's service models (../check_server.py), never from
Paragon's client: where the two disagree, one of them is wrong.

What it checks of every request
    its signature, computed again; its date (5 minutes); key and session token; that host, content type and x-amz-*
    are signed; the body's hash; then each parameter by name, type, range and need; then the IAM policy of the key.
    What AWS knows and this server does not is refused with a message that says so, never passed over.
Keys, all made up (GET /_control/keys): `full`; `limited`, held to --policy; `expired`, a session that is over.
Region us-east-1. What the account holds (images, subnets, groups, a template, roles) is in estate.py, types and prices
in prices.py.

Instances are real processes: the user data, run in a folder, session and environment of its own once the instance is
`running`. PARAGON_LISTEN_ADDRESS is its private address (127.0.N.M, N one server's, M one instance's),
AWS_EC2_METADATA_SERVICE_ENDPOINT its own metadata service (version 2). `shutdown` is a stand-in that tells this server,
`paragon` is --program, nothing else is faked. Terminating sends SIGTERM to all of it, SIGKILL 35 s later.
A script that ends without `shutdown` ends the instance too; on AWS it would run, and cost, on: --script-end stay.
Public addresses are from 203.0.113.0/24, where nobody answers.

Functions are real processes: `bootstrap` of the archive, in the unpacked folder, one environment for each concurrent
invocation, behind a Runtime API of its own. Timeouts, crashes, sizes, cold starts, reserved, provisioned and account
concurrency, versions and updates are as on AWS; memory and processor are not limited; no images, layers, networks,
aliases, asynchronous invocations. What a runtime did against the rules is in the state as `complaints`.

POST /_control, JSON, not signed, answers what it refuses with 400 and {"error"}:
    {"do": "fault", "action": "RunInstances" or "*", "kind": K, "count": 1, "after_s": 0, "share": 1, "skip": 0,
     "code": "", "message": "", "status": 0, "service": "*", "parameters": {}}      count -1: all
        K: throttle, capacity, error (with the code, if any); late; garbage (carried out, answered with noise);
        drop_before (not carried out), drop_after (carried out, no answer), drop_midway (half an answer)
    {"do": "clear_faults"}
    {"do": "interrupt", "instance": ID, "notice_s": 120}     spot: the metadata shows it, then it is taken away
    {"do": "kill", "instance": ID}                           its host fails
    {"do": "kill_function", "function": NAME}                all its environments fail
    {"do": "capacity", "type": T, "market": "on-demand" or "spot", "left": N or null}
    {"do": "settings", "boot_s": 2, ...}                     those of world.Settings; answers all of them
    {"do": "policy", "policy_document": {...} or null, "of": "limited" or "role/NAME"}
    {"do": "quota", "code": "L-1216C47A", "value": 64}       also enforced
    {"do": "launch_template", "name": N, "parameters": {...}}
    {"do": "object", "bucket": B, "key": K, "file": PATH}    for S3's GET and for code in S3
    {"do": "function_role", "arn": ARN}                      lets Lambda take the role
GET /_control/state[?calls_after=N]: instances, functions, faults, settings, the bill, and every call in order with its
parameters (no secrets), its answer and the IAM actions that it took. `mistakes` are this server's own: there should be
none, and whoever meets one gets status 599.

The bill counts seconds of instances from `running` until they leave it, each run rounded up and at least 60; MB-ms of
functions, initialisation included, each invocation rounded up to 1 ms; requests; environments that are kept provisioned,
in steps of five minutes, and their initialisations. It has no free tier, no volumes, no traffic, and does not waive the
first hour of an interrupted spot instance. Not modelled besides: throttling by rate, capacity by zone, events and retirement of instances.
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
from container import Container
from ec2 import Ec2
from front import Server
from lambda_service import Lambda
from pricing import Pricing
from processes import become_reaper
from quotas import Quotas
from s3 import S3
from sso import Sso
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
            parser.add_argument("--" + name.replace("_", "-"), type=float, default=field.default,
                                help=f"see world.Settings; otherwise {field.default}")
    parser.add_argument("--script-end", choices=("terminate", "stay"), default="terminate",
                        help="what the end of an instance's script without `shutdown` does; on AWS, nothing")
    parser.add_argument("--with-parent", action="store_true", help="end when the process that started this ends")
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
    server = Server(world, [kind(world) for kind in (Ec2, Lambda, Sts, Quotas, Pricing, S3, Sso, Container)], asked.port)
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    server.start()
    print(f"ready {server.port}", flush=True)
    parent = os.getppid()
    while not ended.wait(1) and (not asked.with_parent or os.getppid() == parent):
        pass
    server.shutdown()
    world.destroy()
    if not asked.root:
        shutil.rmtree(root, ignore_errors=True)


main()
