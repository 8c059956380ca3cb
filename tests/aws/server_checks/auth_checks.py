"""Signatures, keys and policies: who is let in, and what they may do."""

import datetime
import hashlib
import http.client
import socket
import unittest.mock

import botocore.auth
import botocore.awsrequest
import botocore.credentials

from harness import IMAGE, REGION, Case

FORM = "application/x-www-form-urlencoded; charset=utf-8"
QUESTION = "Action=DescribeAvailabilityZones&Version=2016-11-15"
BASE = {"ImageId": IMAGE, "InstanceType": "m5.large", "MinCount": 1, "MaxCount": 1}
OURS = {"StringEquals": {"aws:RequestTag/paragon:deployment": "a"}}
POLICY = {"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Action": ["ec2:Describe*"], "Resource": "*"},
    {"Effect": "Deny", "Action": "ec2:DescribeLaunchTemplates", "Resource": "*"},
    {"Effect": "Allow", "Action": "ec2:RunInstances", "Resource": "arn:aws:ec2:*:*:instance/*", "Condition": OURS},
    {"Effect": "Allow", "Action": "ec2:RunInstances", "Resource": [
        f"arn:aws:ec2:*:*:{kind}/*" for kind in ("image", "subnet", "security-group", "network-interface", "volume")]},
    {"Effect": "Allow", "Action": "ec2:CreateTags", "Resource": "arn:aws:ec2:*:*:instance/*",
     "Condition": {"StringEquals": {"ec2:CreateAction": "RunInstances"}}},
    {"Effect": "Allow", "Action": "iam:PassRole", "Resource": "arn:aws:iam::123456789012:role/paragon-worker",
     "Condition": {"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}}},
    {"Effect": "Allow", "Action": "ec2:TerminateInstances", "Resource": "*",
     "Condition": {"StringEquals": {"aws:ResourceTag/paragon:deployment": "a"}}}]}


def tagged(deployment):
    return {"TagSpecifications": [{"ResourceType": "instance",
                                   "Tags": [{"Key": "paragon:deployment", "Value": deployment}]}]}


class Signatures(Case):
    def ask(self, change=None, *, body=QUESTION, late_s=0, region=REGION, service="ec2", key="full", headers=None,
            keys=None):
        """(status, body) of a request that botocore signed and `change` then changed."""
        keys = keys or self.server.keys[key]
        request = botocore.awsrequest.AWSRequest("POST", self.server.url + "/", data=body.encode(), headers={
            "Content-Type": FORM, **(headers or {})})
        who = botocore.credentials.Credentials(keys["access_key_id"], keys["secret_access_key"],
                                               keys["session_token"] or None)
        moment = datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None) + datetime.timedelta(seconds=late_s)
        signer = botocore.auth.SigV4Auth(who, service, region)
        with unittest.mock.patch("botocore.auth.get_current_datetime", lambda *_: moment, create=True), \
                unittest.mock.patch("botocore.auth.datetime", create=True) as clock:
            clock.datetime.utcnow.return_value = moment  # how older ones ask for it
            signer.add_auth(request)
        made = {"headers": {**dict(request.headers.items()), "Host": f"127.0.0.1:{self.server.port}"}, "body": body,
                "path": "/"}
        if change:
            change(made)
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=20)
        connection.request("POST", made["path"], made["body"].encode(), made["headers"])
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        return answer.status, text

    def denied(self, status, code, *arguments, **more):
        got, body = self.ask(*arguments, **more)
        self.assertEqual(got, status, body)
        self.assertIn(f"<Code>{code}</Code>", body)

    def test_right(self):
        self.assertEqual(self.ask()[0], 200)
        self.assertEqual(self.ask(late_s=-250)[0], 200)
        self.assertEqual(self.ask(headers={"X-Amz-Content-Sha256": hashlib.sha256(QUESTION.encode()).hexdigest()})[0],
                         200)

    def test_expect(self):
        """libcurl asks before it sends a long body, and waits for a second where nobody answers."""
        with socket.create_connection(("127.0.0.1", self.server.port), timeout=20) as connection:
            connection.sendall(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n")
            self.assertTrue(connection.recv(100).startswith(b"HTTP/1.1 100 "))
            connection.sendall(b"a=b")
            self.assertTrue(connection.recv(100).startswith(b"HTTP/1.1 400 "))

    def test_wrong(self):
        def other_body(made):
            made["body"] += "&DryRun=true"

        def other_header(made):
            made["headers"]["Content-Type"] = "application/x-www-form-urlencoded"

        def other_signature(made):
            made["headers"]["Authorization"] = made["headers"]["Authorization"][:-1] + "x"

        def not_signed(made):
            made["headers"]["X-Amz-Target"] = "Thing"

        def other_date(made):
            date = made["headers"]["X-Amz-Date"]
            made["headers"]["X-Amz-Date"] = date[:-3] + ("01Z" if date.endswith("00Z") else "00Z")

        def none(made):
            del made["headers"]["Authorization"]

        def cut(made):
            made["headers"]["Authorization"] = made["headers"]["Authorization"].partition(", SignedHeaders")[0]

        def other_scheme(made):
            made["headers"]["Authorization"] = made["headers"]["Authorization"].replace("AWS4-", "AWS3-")
        for change in (other_body, other_header, other_signature, other_date):
            with self.subTest(change=change.__name__):
                self.denied(401, "AuthFailure", change)
        self.denied(400, "IncompleteSignature", not_signed)
        self.denied(400, "IncompleteSignature", cut)
        self.denied(400, "IncompleteSignature", other_scheme)
        self.denied(403, "MissingAuthenticationToken", none)
        self.denied(400, "RequestExpired", late_s=-400)
        self.denied(400, "RequestExpired", late_s=400)
        self.denied(401, "AuthFailure", region="eu-west-1")
        self.denied(401, "AuthFailure", headers={"X-Amz-Content-Sha256": "0" * 64})

    def test_keys(self):
        full = self.server.keys["full"]
        self.denied(401, "AuthFailure", keys={**full, "secret_access_key": "x"})
        self.denied(401, "AuthFailure", keys={**full, "access_key_id": "AKIANOBODY0000000000"})
        self.denied(401, "AuthFailure", keys={**full, "session_token": "of another"})
        self.denied(401, "AuthFailure", keys={**self.server.keys["expired"], "session_token": ""})
        self.denied(400, "RequestExpired", key="expired")

    def test_queries(self):
        for wrong, code in (("Action=DescribeZones&Version=2016-11-15", "InvalidAction"),
                            ("Version=2016-11-15", "MissingAction"),
                            ("Action=DescribeAvailabilityZones&Version=2015-01-01", "NoSuchVersion"),
                            (QUESTION + "&ZoneName=us-east-1a", "UnknownParameter"),
                            (QUESTION + "&Zone.1=us-east-1a", "UnknownParameter"),
                            (QUESTION + "&ZoneName.2=us-east-1a", "InvalidParameterValue"),
                            (QUESTION + "&DryRun=yes", "InvalidParameterValue"),
                            (QUESTION + "&DryRun=true&DryRun=true", "MalformedQueryString"),
                            (QUESTION + "&DryRun", "MalformedQueryString"),
                            ("Action=RunInstances&Version=2016-11-15&MinCount=one&MaxCount=1", "InvalidParameterValue"),
                            ("Action=RunInstances&Version=2016-11-15&MinCount=1", "MissingParameter"),
                            ("Action=RunInstances&Version=2016-11-15&MinCount=1&MaxCount=1&UserData=a",
                             "InvalidParameterValue"),
                            ("Action=TerminateInstances&Version=2016-11-15&InstanceId.1.x=a", "InvalidParameterValue")):
            with self.subTest(wrong=wrong):
                self.denied(400, code, body=wrong)


class Policies(Case):
    def setUp(self):
        self.server.control("policy", policy_document=POLICY)
        self.limited = self.server.client("ec2", "limited")

    def test_allowed_and_denied(self):
        made = self.run_instance(client=self.limited, **tagged("a"), IamInstanceProfile={"Name": "paragon-worker"})
        self.refused("UnauthorizedOperation", 403, self.limited.run_instances, **BASE)
        self.refused("UnauthorizedOperation", 403, self.limited.run_instances, **BASE, **tagged("b"))
        self.refused("UnauthorizedOperation", 403, self.limited.run_instances, **BASE, **tagged("b"), DryRun=True)
        self.refused("DryRunOperation", 412, self.limited.run_instances, **BASE, **tagged("a"), DryRun=True)
        self.refused("UnauthorizedOperation", 403, self.limited.run_instances, **BASE, **tagged("a"),
                     InstanceMarketOptions={"MarketType": "spot"})
        self.assertTrue(self.limited.describe_instances()["Reservations"])
        self.refused("UnauthorizedOperation", 403, self.limited.describe_launch_templates)
        self.refused("UnauthorizedOperation", 403, self.limited.create_tags, Resources=[made],
                     Tags=[{"Key": "a", "Value": "b"}])
        other = self.run_instance(**tagged("b"))
        self.refused("UnauthorizedOperation", 403, self.limited.terminate_instances, InstanceIds=[made, other])
        self.assertIn(self.seen(made)["state"], ("pending", "running"))
        self.limited.terminate_instances(InstanceIds=[made])

    def test_passing_a_role(self):
        without = {**POLICY, "Statement": [one for one in POLICY["Statement"] if one["Action"] != "iam:PassRole"]}
        self.server.control("policy", policy_document=without)
        answer = self.refused("UnauthorizedOperation", 403, self.limited.run_instances, **BASE, **tagged("a"),
                              IamInstanceProfile={"Name": "paragon-worker"})
        self.assertIn("iam:PassRole", answer["Error"]["Message"])

    def test_no_policy(self):
        self.server.control("policy", policy_document=None)
        self.refused("UnauthorizedOperation", 403, self.limited.describe_instances)

    def test_policies_that_are_not_understood(self):
        for wrong in ({"Version": "2008-10-17", "Statement": []},
                      {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*"}]},
                      {"Version": "2012-10-17", "Statement": [{"Effect": "Maybe", "Action": "*", "Resource": "*"}]},
                      {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*",
                                                               "Condition": {"IpAddress": {"aws:SourceIp": "::1"}}}]}):
            with self.assertRaises(AssertionError):
                self.server.control("policy", policy_document=wrong)
