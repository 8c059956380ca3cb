"""Instances as real processes: what they run, what they can ask, how they end, and what they cost."""

import http.client
import json
import os
import pathlib
import shutil
import signal
import tempfile
import urllib.parse

from harness import Case

TELL = """#!/bin/sh
trap 'echo drained >>"$HOME/told"; exit 0' TERM
echo "$PARAGON_LISTEN_ADDRESS" >"$HOME/told"
printenv | cut -d= -f1 | sort >"$HOME/names"
while :; do sleep 0.05; done
"""
STUBBORN = "#!/bin/sh\ntrap '' TERM\necho up >\"$HOME/told\"\nwhile :; do sleep 0.05; done\n"
SPOT = {"InstanceMarketOptions": {"MarketType": "spot"}}


class Instances(Case):
    def told(self, instance, name="told"):
        path = os.path.join(self.seen(instance)["folder"], "home", name)
        return self.until(lambda: os.path.exists(path) and pathlib.Path(path).read_text(encoding="utf-8"), f"{path}")

    def test_a_worker_drains(self):
        made = self.run_instance(TELL)
        self.assertEqual(self.told(made).strip(), self.seen(made)["private_ip"])
        names = self.told(made, "names").split()
        self.assertIn("AWS_EC2_METADATA_SERVICE_ENDPOINT", names)
        self.assertFalse([one for one in names if one.startswith("AWS_") and "METADATA" not in one])
        self.ec2.terminate_instances(InstanceIds=[made])
        self.assertIn(self.seen(made)["state"], ("shutting-down", "terminated"))
        self.until_state(made, "terminated")
        self.assertEqual(self.told(made).split()[1:], ["drained"])

    def test_a_worker_that_outlives_its_script_drains_too(self):
        made = self.run_instance("#!/bin/sh\n(trap 'sleep 0.3; echo drained >\"$HOME/late\"; exit' TERM\n"
                                 "echo up >\"$HOME/told\"\nwhile :; do sleep 0.05; done)\n")
        self.told(made)
        self.ec2.terminate_instances(InstanceIds=[made])
        self.until_state(made, "terminated")
        self.assertEqual(self.told(made, "late").strip(), "drained")

    def test_who_does_not_end_is_killed(self):
        self.server.control("settings", terminate_after_s=0.4)
        made = self.run_instance(STUBBORN)
        self.told(made)
        self.ec2.terminate_instances(InstanceIds=[made])
        gone = self.until_state(made, "terminated")
        self.assertEqual(gone["exit"], -signal.SIGKILL)

    def test_shutdown(self):
        ended = self.until_state(self.run_instance("#!/bin/sh\nshutdown -h now\n"), "terminated")
        self.assertEqual((ended["reason"], ended["shutdown_called"]), ("Client.InstanceInitiatedShutdown", True))
        stopped = self.run_instance("#!/bin/sh\nshutdown -h now\nsleep 60\n", InstanceInitiatedShutdownBehavior="stop")
        self.until_state(stopped, "stopped")
        self.ec2.terminate_instances(InstanceIds=[stopped])
        self.until_state(stopped, "terminated")

    def test_scripts_that_end_without_shutdown(self):
        ended = self.until_state(self.run_instance("#!/bin/sh\nexit 3\n"), "terminated")
        self.assertEqual((ended["exit"], ended["shutdown_called"]), (3, False))
        self.server.control("settings", script_end="stay")
        stays = self.run_instance("#!/bin/sh\nexit 3\n")
        self.until(lambda: self.seen(stays)["exit"] == 3, "the script's end")
        self.assertEqual(self.seen(stays)["state"], "running")
        self.ec2.terminate_instances(InstanceIds=[stays])
        self.until_state(stays, "terminated")

    def test_no_script(self):
        for script in (None, "echo this is no script\n"):
            made = self.run_instance(script)
            self.until_state(made, "running")
            self.assertIsNone(self.seen(made)["exit"])

    def test_lost(self):
        made = self.run_instance(TELL)
        self.told(made)
        self.server.control("kill", instance=made)
        gone = self.until_state(made, "terminated")
        self.assertEqual((gone["reason"], gone["exit"]), ("Server.InternalError", -signal.SIGKILL))
        self.assertNotIn("drained", self.told(made))

    def ask(self, instance, method, path, **headers):
        url = urllib.parse.urlparse(self.seen(instance)["metadata_url"])
        connection = http.client.HTTPConnection(url.hostname, url.port, timeout=10)
        connection.request(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        answer = connection.getresponse()
        body = answer.read().decode()
        connection.close()
        return answer.status, body

    def test_metadata(self):
        made = self.run_instance(IamInstanceProfile={"Name": "paragon-worker"})
        data = "/latest/meta-data/"
        self.assertEqual(self.ask(made, "GET", data + "instance-id")[0], 401)
        self.assertEqual(self.ask(made, "GET", data + "instance-id", X_aws_ec2_metadata_token="x")[0], 401)
        self.assertEqual(self.ask(made, "PUT", "/latest/api/token")[0], 400)
        ttl = {"X_aws_ec2_metadata_token_ttl_seconds": "60"}
        self.assertEqual(self.ask(made, "PUT", "/latest/api/token", X_aws_ec2_metadata_token_ttl_seconds="21601")[0],
                         400)
        self.assertEqual(self.ask(made, "PUT", "/latest/api/token", X_Forwarded_For="1.2.3.4", **ttl)[0], 403)
        status, token = self.ask(made, "PUT", "/latest/api/token", **ttl)
        self.assertEqual(status, 200)
        proof = {"X_aws_ec2_metadata_token": token}
        for path, wanted in (("instance-id", made), ("placement/region", "us-east-1"),
                             ("local-ipv4", self.seen(made)["private_ip"]),
                             ("iam/security-credentials/", "paragon-worker")):
            self.assertEqual(self.ask(made, "GET", data + path, **proof), (200, wanted))
        self.assertEqual(self.ask(made, "GET", data + "spot/instance-action", **proof)[0], 404)
        held = json.loads(self.ask(made, "GET", data + "iam/security-credentials/paragon-worker", **proof)[1])
        of_role = self.server.client("ec2", aws_access_key_id=held["AccessKeyId"],
                                     aws_secret_access_key=held["SecretAccessKey"], aws_session_token=held["Token"])
        self.assertTrue(of_role.describe_availability_zones()["AvailabilityZones"])

    def test_interruption(self):
        plain = self.run_instance()
        with self.assertRaises(AssertionError):
            self.server.control("interrupt", instance=plain)
        made = self.run_instance(TELL, **SPOT)
        self.told(made)
        _, token = self.ask(made, "PUT", "/latest/api/token", X_aws_ec2_metadata_token_ttl_seconds="60")
        path, proof = "/latest/meta-data/spot/instance-action", {"X_aws_ec2_metadata_token": token}
        self.assertEqual(self.ask(made, "GET", path, **proof)[0], 404)
        self.server.control("interrupt", instance=made, notice_s=1.5)
        action = json.loads(self.ask(made, "GET", path, **proof)[1])
        self.assertEqual(action["action"], "terminate")
        self.assertRegex(action["time"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")
        self.assertEqual(self.until_state(made, "terminated")["reason"], "Server.SpotInstanceTermination")
        self.assertIn("drained", self.told(made))

    def test_the_program_is_found(self):
        folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, folder)
        program = os.path.join(folder, "stand_in")
        with open(program, "w", encoding="utf-8") as file:
            file.write('#!/bin/sh\necho "$@" >"$HOME/told"\n')
        os.chmod(program, 0o755)
        own = type(self.server)("--boot-s", "0", "--program", program)
        self.addCleanup(own.stop)
        made = self.run_instance("#!/bin/sh\nparagon worker --slots 2\nshutdown -h now\n", own.client("ec2"))
        gone = self.until(lambda: [one for one in own.state()["instances"] if one["state"] == "terminated"], "the end")
        self.assertEqual(gone[0]["id"], made)
        with open(os.path.join(gone[0]["folder"], "home", "told"), encoding="utf-8") as file:
            self.assertEqual(file.read(), "worker --slots 2\n")

    def test_bill(self):
        own = type(self.server)("--boot-s", "0.1")
        self.addCleanup(own.stop)
        client = own.client("ec2")
        made = [self.run_instance(client=client), self.run_instance(client=client, InstanceType="c5.large", **SPOT)]
        self.until(lambda: all(one["state"] == "running" for one in own.state()["instances"]), "both running")
        client.terminate_instances(InstanceIds=made)
        self.assertEqual([one["billed_s"] for one in own.state()["instances"]], [60, 60])
        bill = own.state()["bill"]
        self.assertEqual([(line["type"], line["market"], line["seconds"], line["usd"]) for line in bill["instances"]],
                         [("c5.large", "spot", 60, f"{0.0377 / 60:.10f}"),
                          ("m5.large", "on-demand", 60, f"{0.096 / 60:.10f}")])
        own.control("settings", boot_s=600)
        never = self.run_instance(client=client, InstanceType="c5.xlarge")
        client.terminate_instances(InstanceIds=[never])  # while it is pending: free
        self.assertEqual(own.state()["bill"], bill)
