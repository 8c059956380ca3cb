"""Every way of going wrong that a test can ask for, as a client sees it."""

import concurrent.futures
import time

import botocore.exceptions
import botocore.parsers

from harness import IMAGE, Case

BASE = {"ImageId": IMAGE, "InstanceType": "m5.large", "MinCount": 1, "MaxCount": 1}
# Older ones do not see that an answer is shorter than it said, but then cannot read it.
BROKEN = (botocore.exceptions.HTTPClientError, botocore.exceptions.ConnectionError,
          botocore.parsers.ResponseParserError)


class Faults(Case):
    def fault(self, kind, **more):
        self.server.control("fault", **{"action": "RunInstances", "kind": kind, **more})

    def with_token(self, token):
        return [one for one in self.server.state()["instances"] if one["client_token"] == token]

    def test_refusals(self):
        for kind, code, status in (("throttle", "RequestLimitExceeded", 503),
                                   ("capacity", "InsufficientInstanceCapacity", 500),
                                   ("error", "InternalError", 500)):
            self.fault(kind)
            self.refused(code, status, self.ec2.run_instances, **BASE, ClientToken=kind)
            self.assertEqual(self.with_token(kind), [])
            self.run_instance(ClientToken=kind)  # only once
        self.fault("error", code="Unavailable", status=503, message="Not now.")
        self.refused("Unavailable", 503, self.ec2.run_instances, **BASE)

    def test_only_what_it_is_for(self):
        self.fault("error", parameters={"InstanceType": "c5.large"})
        self.run_instance()
        self.ec2.describe_instances()
        self.refused("InternalError", 500, self.ec2.run_instances, **{**BASE, "InstanceType": "c5.large"})
        self.fault("error", skip=1, count=2, action="*")
        self.ec2.describe_instances()
        self.refused("InternalError", 500, self.ec2.describe_instances)
        self.refused("InternalError", 500, self.ec2.describe_subnets)
        self.ec2.describe_instances()

    def test_share(self):
        self.server.control("fault", action="DescribeAvailabilityZones", kind="error", count=-1, share=0.5)
        failed = 0
        for _ in range(60):
            try:
                self.ec2.describe_availability_zones()
            except botocore.exceptions.ClientError:
                failed += 1
        self.assertTrue(15 < failed < 45, failed)

    def test_late(self):
        self.fault("late", after_s=0.4)
        began = time.monotonic()
        self.run_instance()
        self.assertGreater(time.monotonic() - began, 0.4)

    def test_lost_before_and_after(self):
        for kind, carried_out in (("drop_before", 0), ("drop_after", 1), ("drop_midway", 1)):
            self.fault(kind)
            with self.assertRaises(BROKEN):
                self.ec2.run_instances(**BASE, ClientToken=kind)
            self.assertEqual(len(self.with_token(kind)), carried_out)
            self.ec2.run_instances(**BASE, ClientToken=kind)
            self.assertEqual(len(self.with_token(kind)), 1)  # the token made the second one safe

    def test_garbage(self):
        self.fault("garbage")
        with self.assertRaises(botocore.parsers.ResponseParserError):
            self.ec2.run_instances(**BASE, ClientToken="garbage")
        self.assertEqual(len(self.with_token("garbage")), 1)

    def test_retries_of_botocore(self):
        self.fault("throttle", count=2)
        self.run_instance(client=self.server.client("ec2", retries=3))
        calls = [one for one in self.server.state(calls=True)["calls"] if one["action"] == "RunInstances"][-3:]
        self.assertEqual([one["status"] for one in calls], [503, 503, 200])
        tokens = {one["parameters"]["ClientToken"] for one in calls}
        self.assertEqual(len(tokens), 1)

    def test_capacity(self):
        self.server.control("capacity", type="c5.xlarge", market="on-demand", left=2)
        many = {**BASE, "InstanceType": "c5.xlarge", "MaxCount": 3}
        self.assertEqual(len(self.ec2.run_instances(**many)["Instances"]), 2)
        self.refused("InsufficientInstanceCapacity", 500, self.ec2.run_instances, **many)
        self.run_instance(InstanceType="c5.xlarge", InstanceMarketOptions={"MarketType": "spot"})
        self.server.control("capacity", type="c5.xlarge")

    def test_many_at_once(self):
        """Under faults of every kind, who repeats with the same token until it works gets one instance a token."""
        for kind in ("throttle", "error", "garbage", "drop_before", "drop_after", "drop_midway"):
            self.server.control("fault", action="*", kind=kind, count=-1, share=0.08)
        clients = [self.server.client("ec2") for _ in range(6)]

        def until_it_works(call, **parameters):
            while True:
                try:
                    return call(**parameters)
                except (*BROKEN, botocore.exceptions.ClientError):
                    continue

        def life(number):
            client, ids = clients[number], []
            for turn in range(6):
                made = until_it_works(client.run_instances, **BASE, ClientToken=f"many-{number}-{turn}")
                ids.append(made["Instances"][0]["InstanceId"])
                until_it_works(client.describe_instances, InstanceIds=ids)
            until_it_works(client.terminate_instances, InstanceIds=ids)
            return ids
        with concurrent.futures.ThreadPoolExecutor(len(clients)) as threads:
            made = sum(threads.map(life, range(len(clients))), [])
        self.server.control("clear_faults")
        mine = [one for one in self.server.state()["instances"] if one["client_token"].startswith("many-")]
        self.assertEqual(sorted(one["id"] for one in mine), sorted(made))
        self.assertEqual(len({one["client_token"] for one in mine}), 36)
        self.until(lambda: all(self.seen(one)["state"] == "terminated" for one in made), "the end of all")

    def test_control_refuses(self):
        for wrong in ({"do": "dance"}, {"do": "fault", "action": "*", "kind": "odd"}, {"do": "fault", "kind": "late"},
                      {"do": "fault", "action": "*", "kind": "late", "speed": 3}, {"do": "kill", "instance": "i-1"},
                      {"do": "settings", "boot_s": "soon"}, {"do": "settings", "nothing": 1},
                      {"do": "quota", "code": "L-0", "value": 1}):
            with self.assertRaises(AssertionError):
                self.server.control(**wrong)
