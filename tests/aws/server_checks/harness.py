"""A running server, clients of it, and ways to wait, for the checks of this folder."""

import atexit
import json
import os
import subprocess
import sys
import time
import unittest
import urllib.error
import urllib.request

import answers
import botocore.config
import botocore.exceptions

HERE = os.path.dirname(os.path.abspath(__file__))
SERVER = os.path.join(os.path.dirname(HERE), "server")
REGION = "us-east-1"
IMAGE = "ami-0a1b2c3d4e5f60001"
QUICK = {"boot_s": 0.2, "status_s": 0.2, "consistency_s": 0, "terminate_after_s": 5, "script_end": "terminate",
         "empty_pages": False, "function_s": 0.1, "warm_s": 300, "freeze": False}
SESSION = answers.SESSION


class Server:
    """The program under test, in a process of its own."""

    def __init__(self, *options):
        self.process = subprocess.Popen([sys.executable, SERVER, "--with-parent", *options], stdout=subprocess.PIPE,
                                        text=True)
        ready = self.process.stdout.readline().split()
        if len(ready) != 2 or ready[0] != "ready":
            raise AssertionError(f"the server said {ready}, not that it is ready")
        self.port = int(ready[1])
        self.url = f"http://127.0.0.1:{self.port}"
        self.keys = self.get("/_control/keys")

    def get(self, path):
        with urllib.request.urlopen(self.url + path, timeout=20) as answer:
            return json.load(answer)

    def state(self, calls=False):
        return self.get("/_control/state" if calls else "/_control/state?calls_after=1000000")

    def control(self, do, **more):
        """The control's answer; AssertionError with its words where it refuses."""
        asked = urllib.request.Request(self.url + "/_control", json.dumps({"do": do, **more}).encode())
        try:
            with urllib.request.urlopen(asked, timeout=20) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as why:
            raise AssertionError(json.load(why)["error"]) from None

    def client(self, service, key="full", retries=1, region=REGION, signed=True, **more):
        """A botocore client with one of the server's keys. `retries`: attempts in all."""
        who = {"aws_access_key_id": self.keys[key]["access_key_id"],
               "aws_secret_access_key": self.keys[key]["secret_access_key"],
               "aws_session_token": self.keys[key]["session_token"] or None, **more}
        config = botocore.config.Config(retries={"total_max_attempts": retries, "mode": "standard"}, read_timeout=20,
                                        max_pool_connections=20, parameter_validation=False,
                                        signature_version=None if signed else botocore.UNSIGNED)
        made = SESSION.create_client(service, region, endpoint_url=self.url, config=config, **who)
        made.meta.events.register("response-received", answers.check)
        return made

    def stop(self):
        self.process.terminate()
        self.process.wait(20)
        self.process.stdout.close()


class Case(unittest.TestCase):
    """Checks that share one server; each begins with quick settings and without faults."""
    server = ec2 = None

    @classmethod
    def setUpClass(cls):
        if Case.server is None:
            Case.server = Server()
            Case.server.control("settings", **QUICK)
            Case.ec2 = Case.server.client("ec2")
            atexit.register(Case.server.stop)

    def tearDown(self):
        self.server.control("clear_faults")
        self.server.control("settings", **QUICK)

    def refused(self, code, status, call, *arguments, **parameters):
        """Calls, and checks that it is refused by the code and the HTTP status. The error, for more checks."""
        with self.assertRaises(botocore.exceptions.ClientError) as caught:
            call(*arguments, **parameters)
        answer = caught.exception.response
        self.assertEqual((answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"]), (code, status),
                         answer["Error"].get("Message"))
        return answer

    def until(self, holds, what, seconds=40):
        """The first true answer of `holds`."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            got = holds()
            if got:
                return got
            time.sleep(0.05)
        raise AssertionError(f"{what} did not come within {seconds} s")

    def run_instance(self, script="#!/bin/sh\nexec sleep 60\n", client=None, **more):
        """The id of a new instance."""
        parameters = {"ImageId": IMAGE, "InstanceType": "m5.large", "MinCount": 1, "MaxCount": 1,
                      "InstanceInitiatedShutdownBehavior": "terminate", **more}
        if script is not None:
            parameters["UserData"] = script
        return (client or self.ec2).run_instances(**parameters)["Instances"][0]["InstanceId"]

    def seen(self, instance):
        """The control's view of the instance."""
        return next(one for one in self.server.state()["instances"] if one["id"] == instance)

    def until_state(self, instance, state, seconds=40):
        return self.until(lambda: (lambda one: one if one["state"] == state else None)(self.seen(instance)),
                          f"{instance} {state}", seconds)
