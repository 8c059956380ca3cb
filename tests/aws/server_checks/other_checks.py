"""STS, single sign-on, a container's endpoint, quotas, the price list, S3, and AWS's command line where it is."""

import json
import os
import shutil
import subprocess
import tempfile
import unittest
import urllib.error
import urllib.request

from harness import REGION, Case

WEB = {"RoleArn": "arn:aws:iam::123456789012:role/paragon-controller", "RoleSessionName": "check",
       "WebIdentityToken": "eyJhbGciOiJub25lIn0.paragon.token"}


def equal(**attributes):
    return [{"Type": "TERM_MATCH", "Field": field, "Value": value} for field, value in attributes.items()]


class Sts(Case):
    def test_who(self):
        who = self.server.client("sts").get_caller_identity()
        self.assertEqual((who["Account"], who["Arn"]), ("123456789012", "arn:aws:iam::123456789012:user/full"))
        self.refused("ExpiredToken", 403, self.server.client("sts", "expired").get_caller_identity)
        self.refused("SignatureDoesNotMatch", 403,
                     self.server.client("sts", aws_secret_access_key="x").get_caller_identity)
        self.refused("InvalidClientTokenId", 403,
                     self.server.client("sts", aws_access_key_id="AKIANOBODY0000000000").get_caller_identity)

    def test_web_identity(self):
        client = self.server.client("sts", signed=False)
        held = client.assume_role_with_web_identity(**WEB)["Credentials"]
        of_role = self.server.client("ec2", aws_access_key_id=held["AccessKeyId"],
                                     aws_secret_access_key=held["SecretAccessKey"],
                                     aws_session_token=held["SessionToken"])
        of_role.describe_availability_zones()
        self.server.control("policy", of="role/paragon-controller", policy_document={
            "Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "*", "Resource": "*"}})
        self.refused("UnauthorizedOperation", 403, of_role.describe_availability_zones)
        self.server.control("policy", of="role/paragon-controller")
        self.refused("InvalidIdentityToken", 400, client.assume_role_with_web_identity,
                     **{**WEB, "WebIdentityToken": "another"})
        self.refused("AccessDenied", 403, client.assume_role_with_web_identity,
                     **{**WEB, "RoleArn": "arn:aws:iam::123456789012:role/another"})
        self.refused("ValidationError", 400, client.assume_role_with_web_identity, **WEB, DurationSeconds=60)
        calls = json.dumps(self.server.state(calls=True)["calls"])
        for secret in (WEB["WebIdentityToken"], held["SecretAccessKey"], held["SessionToken"]):
            self.assertNotIn(secret, calls)


    def test_roles(self):
        client = self.server.client("sts")
        deploy, guest = (f"arn:aws:iam::123456789012:role/{name}" for name in ("deploy", "guest"))
        held = client.assume_role(RoleArn=deploy, RoleSessionName="check", DurationSeconds=7200)["Credentials"]
        of_role = self.server.client("sts", aws_access_key_id=held["AccessKeyId"],
                                     aws_secret_access_key=held["SecretAccessKey"],
                                     aws_session_token=held["SessionToken"])
        self.assertEqual(of_role.get_caller_identity()["Arn"], "arn:aws:sts::123456789012:assumed-role/deploy/check")
        self.assertEqual(of_role.assume_role(RoleArn=guest, RoleSessionName="check", ExternalId="from-us")
                         ["AssumedRoleUser"]["Arn"], "arn:aws:sts::123456789012:assumed-role/guest/check")
        self.refused("ValidationError", 400, of_role.assume_role, RoleArn=deploy, RoleSessionName="check",
                     DurationSeconds=7200)
        self.refused("AccessDenied", 403, client.assume_role, RoleArn=guest, RoleSessionName="check")
        self.refused("AccessDenied", 403, client.assume_role, RoleArn=deploy + "-x", RoleSessionName="check")
        self.refused("MissingAuthenticationToken", 403, self.server.client("sts", signed=False).assume_role,
                     RoleArn=deploy, RoleSessionName="check")


class Logins(Case):
    def test_single_sign_on(self):
        client = self.server.client("sso", signed=False)
        asked = {"roleName": "Deploy", "accountId": "123456789012", "accessToken": "aoaAAAAAGparagon-login"}
        held = client.get_role_credentials(**asked)["roleCredentials"]
        who = self.server.client("sts", aws_access_key_id=held["accessKeyId"],
                                 aws_secret_access_key=held["secretAccessKey"],
                                 aws_session_token=held["sessionToken"]).get_caller_identity()
        self.assertIn("AWSReservedSSO_Deploy", who["Arn"])
        self.refused("UnauthorizedException", 401, client.get_role_credentials, **{**asked, "accessToken": "x"})
        self.refused("ForbiddenException", 403, client.get_role_credentials, **{**asked, "roleName": "Admin"})

    def test_container(self):
        url = self.server.url + "/v2/credentials/0a1b2c3d-4e5f-6000-0000-000000000001"
        asked = urllib.request.Request(url, headers={"Authorization": "Basic cGFyYWdvbjp0YXNr"})
        with urllib.request.urlopen(asked, timeout=20) as answer:
            held = json.load(answer)
        who = self.server.client("sts", aws_access_key_id=held["AccessKeyId"],
                                 aws_secret_access_key=held["SecretAccessKey"], aws_session_token=held["Token"])
        self.assertIn("paragon-task", who.get_caller_identity()["Arn"])
        for wrong, status in ((url, 401), (url + "x", 400)):
            with self.assertRaises(urllib.error.HTTPError) as caught:
                urllib.request.urlopen(wrong, timeout=20)
            self.assertEqual(caught.exception.code, status)


class Quotas(Case):
    def test_quotas(self):
        client = self.server.client("service-quotas")
        held = client.get_service_quota(ServiceCode="ec2", QuotaCode="L-1216C47A")["Quota"]
        self.assertEqual((held["Value"], held["ServiceCode"]), (256.0, "ec2"))
        self.server.control("quota", code="L-34B43A08", value=5)
        pages = list(client.get_paginator("list_service_quotas").paginate(ServiceCode="ec2",
                                                                          PaginationConfig={"PageSize": 1}))
        self.assertEqual([one["Value"] for page in pages for one in page["Quotas"]], [256.0, 5.0])
        self.server.control("quota", code="L-34B43A08", value=256)
        self.assertEqual(client.list_service_quotas(ServiceCode="lambda")["Quotas"][0]["QuotaCode"], "L-B99A9384")
        self.refused("NoSuchResourceException", 400, client.get_service_quota, ServiceCode="ec2", QuotaCode="L-0")
        self.refused("NoSuchResourceException", 400, client.list_service_quotas, ServiceCode="sqs")
        self.refused("ExpiredTokenException", 400,
                     self.server.client("service-quotas", "expired").list_service_quotas, ServiceCode="ec2")
        self.server.control("fault", action="GetServiceQuota", kind="throttle")
        self.refused("TooManyRequestsException", 400, client.get_service_quota, ServiceCode="ec2",
                     QuotaCode="L-1216C47A")


class Prices(Case):
    def test_machines(self):
        client = self.server.client("pricing")
        only = equal(regionCode=REGION, operatingSystem="Linux", tenancy="Shared", preInstalledSw="NA",
                     capacitystatus="Used")
        found = client.get_products(ServiceCode="AmazonEC2", Filters=only + equal(
            instanceType="c5.xlarge"))["PriceList"]
        self.assertEqual(len(found), 1)
        held = json.loads(found[0])
        term = next(iter(held["terms"]["OnDemand"].values()))
        dimension = next(iter(term["priceDimensions"].values()))
        self.assertEqual((dimension["pricePerUnit"], dimension["unit"], held["product"]["attributes"]["vcpu"]),
                         ({"USD": "0.1700000000"}, "Hrs", "4"))
        self.assertEqual(len(client.get_products(ServiceCode="AmazonEC2", Filters=equal(
            instanceType="c5.xlarge"))["PriceList"]), 12)
        pages = list(client.get_paginator("get_products").paginate(ServiceCode="AmazonEC2", Filters=only,
                                                                   PaginationConfig={"PageSize": 10}))
        self.assertEqual([len(page["PriceList"]) for page in pages], [10, 10, 9])
        some = [{"Type": "ANY_OF", "Field": "instanceType", "Value": "c5.large,m5.large"}]
        self.assertEqual(len(client.get_products(ServiceCode="AmazonEC2", Filters=only + some)["PriceList"]), 2)

    def test_functions(self):
        client = self.server.client("pricing")
        found = client.get_products(ServiceCode="AWSLambda", Filters=equal(
            regionCode=REGION, group="AWS-Lambda-Duration"))["PriceList"]
        self.assertEqual(len(found), 1)
        tiers = next(iter(json.loads(found[0])["terms"]["OnDemand"].values()))["priceDimensions"].values()
        self.assertEqual({one["beginRange"]: one["pricePerUnit"]["USD"] for one in tiers}["0"], "0.0000166667")
        self.assertEqual(len(tiers), 3)

    def test_what_is_refused(self):
        client = self.server.client("pricing")
        self.refused("NotFoundException", 400, client.get_products, ServiceCode="AmazonECX")
        self.refused("InvalidParameterException", 400, client.get_products, ServiceCode="AmazonEC2", MaxResults=101)
        self.refused("InvalidNextTokenException", 400, client.get_products, ServiceCode="AmazonEC2", NextToken="x")
        self.refused("InvalidParameterException", 400, client.get_products, ServiceCode="AmazonEC2", Filters=[
            {"Type": "MATCH", "Field": "a", "Value": "b"}])


class Objects(Case):
    def test_get(self):
        with tempfile.NamedTemporaryFile() as file:
            file.write(b"artifact")
            file.flush()
            self.server.control("object", bucket="artifacts", key="a b/v1.zip", file=file.name)
        client = self.server.client("s3")
        self.assertEqual(client.get_object(Bucket="artifacts", Key="a b/v1.zip")["Body"].read(), b"artifact")
        self.assertEqual(client.head_object(Bucket="artifacts", Key="a b/v1.zip")["ContentLength"], 8)
        self.refused("NoSuchKey", 404, client.get_object, Bucket="artifacts", Key="none")


@unittest.skipUnless(shutil.which("aws"), "SKIPPED: no `aws` here, so AWS's own command line was not tried")
class CommandLine(Case):
    def aws(self, *words, wrong=False):
        """What `aws` prints, as JSON; its complaint where it is to fail."""
        full = self.server.keys["full"]
        with tempfile.TemporaryDirectory() as home:
            environment = {"PATH": os.environ["PATH"], "HOME": home, "AWS_ENDPOINT_URL": self.server.url,
                           "AWS_ACCESS_KEY_ID": full["access_key_id"], "AWS_REGION": REGION,
                           "AWS_DEFAULT_REGION": REGION, "AWS_SECRET_ACCESS_KEY": full["secret_access_key"],
                           "AWS_PAGER": "", "AWS_MAX_ATTEMPTS": "1"}
            # The option as well: the command line of older systems does not know the variable.
            done = subprocess.run(["aws", "--endpoint-url", self.server.url, "--output", "json", *words],
                                  env=environment, capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode != 0, wrong, done.stderr)
        return done.stderr if wrong else json.loads(done.stdout or "null")

    def test_some_commands(self):
        made = self.aws("ec2", "run-instances", "--image-id", "ami-0a1b2c3d4e5f60001", "--instance-type", "m5.large",
                        "--count", "1", "--tag-specifications",
                        "ResourceType=instance,Tags=[{Key=from,Value=aws}]")["Instances"][0]["InstanceId"]
        found = self.aws("ec2", "describe-instances", "--filters", "Name=tag:from,Values=aws")
        self.assertEqual(found["Reservations"][0]["Instances"][0]["InstanceId"], made)
        ended = self.aws("ec2", "terminate-instances", "--instance-ids", made)["TerminatingInstances"][0]
        self.assertEqual(ended["InstanceId"], made)
        self.assertIn("ResourceNotFoundException",
                      self.aws("lambda", "get-function", "--function-name", "none", wrong=True))


if not shutil.which("aws"):
    print("SKIPPED: no `aws` here, so AWS's own command line was not tried; install awscli")
