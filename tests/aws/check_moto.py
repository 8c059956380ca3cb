"""The life of machines and functions at moto, an AWS that others wrote, with its checks of signatures and policies on, and
with the actions of deploy/aws/policy.json allowed: bought by `paragon serve`, listed and ended by `paragon cloud`.

moto boots nothing, so no machine becomes ready there; it does not know client tokens. With its checks on it refuses signed
GET requests to Lambda wrongly, so functions are tried with them off. Skips itself (77) where no Python here has moto.
"""

import argparse
import base64
import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request

from deployment import SOURCE, until, write_catalog

try:
    import boto3
    import moto.server  # noqa: F401
except ImportError:
    print("SKIPPED: no moto here, so its AWS was not tried")
    sys.exit(77)

REGION = "us-east-1"
PICTURE = base64.b64decode(  # 28 x 28, grey
    "iVBORw0KGgoAAAANSUhEUgAAABwAAAAcCAAAAABXZoBIAAAAFElEQVR4nGNowAMYRiVHJUclYQAA14+IEGRJUUcAAAAASUVORK5CYII=")
CONFIG = """paragon: 1
catalog: catalog.yaml
gateway: {{http: "127.0.0.1:0"}}
brain: {{scheme: reactive, machines_min: {machines}, machines_max: {machines}}}
cloud:
  kind: aws
  deployment: shop
  machines: {{image: {image}, subnets: [{subnet}], security_groups: [{group}]}}
  functions: {{s3: "s3://paragon-code/function.zip", role: "{role}"}}
"""


class Moto:
    def __init__(self):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.process = subprocess.Popen([sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(self.port)],
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until("moto answers", self.answers)

    def answers(self):
        try:
            return urllib.request.urlopen(self.url + "/moto-api/", timeout=5).status == 200
        except OSError:
            return False

    def post(self, path, body):
        request = urllib.request.Request(self.url + path, body, {"content-type": "text/plain"}, method="POST")
        urllib.request.urlopen(request, timeout=10).read()

    def client(self, service, key="root", secret="root"):
        return boto3.client(service, region_name=REGION, endpoint_url=self.url, aws_access_key_id=key,
                            aws_secret_access_key=secret)


class Check:
    def __init__(self, program, folder, aws):
        self.program, self.folder, self.aws = program, folder, aws
        self.serving = []
        write_catalog(folder, "c5.large")
        iam = aws.client("iam")
        trust = json.dumps({"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]})
        self.role = iam.create_role(RoleName="paragon-function", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
        iam.create_user(UserName="controller")
        # moto asks about actions on all resources, without their conditions.
        policy = json.loads((SOURCE / "deploy/aws/policy.json").read_text())
        policy["Statement"] = [{"Effect": one["Effect"], "Action": one["Action"], "Resource": "*"}
                               for one in policy["Statement"]]
        iam.put_user_policy(UserName="controller", PolicyName="least", PolicyDocument=json.dumps(policy))
        key = iam.create_access_key(UserName="controller")["AccessKey"]
        self.environment = dict(os.environ, AWS_ENDPOINT_URL=aws.url, AWS_REGION=REGION,
                                AWS_ACCESS_KEY_ID=key["AccessKeyId"], AWS_SECRET_ACCESS_KEY=key["SecretAccessKey"])
        self.environment.pop("AWS_PROFILE", None)
        self.key = key
        ec2 = aws.client("ec2")
        self.image = ec2.describe_images(Owners=["amazon"])["Images"][0]["ImageId"]
        self.subnet = ec2.describe_subnets()["Subnets"][0]
        self.group = ec2.describe_security_groups(
            Filters=[{"Name": "vpc-id", "Values": [self.subnet["VpcId"]]}])["SecurityGroups"][0]["GroupId"]
        s3 = aws.client("s3")
        s3.create_bucket(Bucket="paragon-code")
        s3.put_object(Bucket="paragon-code", Key="function.zip", Body=b"not looked into")

    def configure(self, machines):
        (self.folder / "shop.yaml").write_text(
            CONFIG.format(machines=machines, image=self.image, subnet=self.subnet["SubnetId"], group=self.group,
                          role=self.role))

    def cloud(self, *words, status=0):
        done = subprocess.run([self.program, "cloud", *words, "--config", "shop.yaml"], env=self.environment,
                              capture_output=True, text=True, cwd=self.folder)
        assert done.returncode == status, (words, done.returncode, done.stdout, done.stderr)
        return done.stdout + done.stderr

    def serve(self):
        process = subprocess.Popen([self.program, "serve", "--config", "shop.yaml"], env=self.environment, text=True,
                                   stdout=subprocess.PIPE, stderr=sys.stderr, cwd=self.folder)
        self.serving.append(process)
        line = process.stdout.readline()
        assert line.startswith("listening on "), line
        return process, int(line.rsplit(":", 1)[1])

    def instances(self):
        ec2 = self.aws.client("ec2", self.key["AccessKeyId"], self.key["SecretAccessKey"])
        pages = ec2.describe_instances(Filters=[{"Name": "tag:paragon:deployment", "Values": ["shop"]}])
        return [one for page in pages["Reservations"] for one in page["Instances"]]


def machines(on):
    on.aws.post("/moto-api/reset-auth", b"0")
    print("machines, with moto's checks of signatures and of the policy on")
    on.configure(2)
    process, _ = on.serve()
    until("two instances run", lambda: [one["State"]["Name"] for one in on.instances()] == ["running"] * 2)
    for one in on.instances():
        tags = {tag["Key"]: tag["Value"] for tag in one["Tags"]}
        assert tags["paragon:deployment"] == "shop" and tags["paragon:offer"] == "c5.large", tags
    process.send_signal(signal.SIGTERM)
    assert process.wait(60) == 0
    assert all(one["State"]["Name"] == "terminated" for one in on.instances())
    on.environment["AWS_SECRET_ACCESS_KEY"] = "wrong"
    said = on.cloud("list", status=1)
    assert "AuthFailure" in said, said
    on.environment["AWS_SECRET_ACCESS_KEY"] = on.key["SecretAccessKey"]
    on.aws.post("/moto-api/reset-auth", b"1000000")


def functions(on):
    print("functions, listing and ending, with them off")
    on.aws.post("/moto-api/config", b'{"lambda": {"use_docker": false}}')
    on.configure(1)
    process, _ = on.serve()
    until("an instance runs", lambda: any(one["State"]["Name"] == "running" for one in on.instances()))
    process.send_signal(signal.SIGKILL)
    process.wait(10)
    assert len(json.loads(on.cloud("list", "--json"))["instances"]) == 1
    on.cloud("destroy", "--yes")
    assert all(one["State"]["Name"] == "terminated" for one in on.instances())
    on.configure(0)
    process, port = on.serve()
    request = urllib.request.Request(f"http://127.0.0.1:{port}/v2/models/garment-classification/infer", PICTURE,
                                     {"content-type": "image/png", "x-paragon-slo-latency-ms": "5000"})
    try:
        urllib.request.urlopen(request, timeout=60)
        raise AssertionError("moto runs no worker, so nothing can have answered")
    except urllib.error.HTTPError:
        pass
    lambdas = on.aws.client("lambda")
    made = lambdas.list_functions()["Functions"]
    assert made and made[0]["FunctionName"].startswith("paragon-shop-lambda-1769mb-"), made
    assert made[0]["MemorySize"] == 1769 and made[0]["Runtime"] == "provided.al2023", made
    process.send_signal(signal.SIGKILL)
    process.wait(10)
    listed = json.loads(on.cloud("list", "--json"))
    assert len(listed["functions"]) == len(made), listed
    on.cloud("destroy", "--yes")
    assert not lambdas.list_functions()["Functions"]


def template(on):
    """deploy/aws/template.yaml makes what a configuration needs: the outputs are tried as one."""
    print("the template")
    body = (SOURCE / "deploy/aws/template.yaml").read_text()
    stacks = on.aws.client("cloudformation")
    stacks.create_stack(StackName="paragon", TemplateBody=body, Capabilities=["CAPABILITY_NAMED_IAM"])
    stack = stacks.describe_stacks(StackName="paragon")["Stacks"][0]
    assert stack["StackStatus"] == "CREATE_COMPLETE", stack
    outputs = {one["OutputKey"]: one["OutputValue"] for one in stack["Outputs"]}
    assert outputs["InstanceProfile"].startswith("paragon-worker-"), outputs
    assert ":role/paragon-function-" in outputs["FunctionRoleArn"], outputs
    ec2 = on.aws.client("ec2")
    subnets = ec2.describe_subnets(SubnetIds=outputs["Subnets"].strip("[]").split(", "))["Subnets"]
    assert len({one["VpcId"] for one in subnets}) == 1 and len({one["AvailabilityZone"] for one in subnets}) == 2
    groups = outputs["SecurityGroups"].strip("[]").split(", ")
    rule = ec2.describe_security_groups(GroupIds=groups)["SecurityGroups"][0]["IpPermissions"][0]
    assert (rule["FromPort"], rule["ToPort"]) == (8100, 8100), rule
    assert rule["UserIdGroupPairs"][0]["GroupId"] == outputs["ServerGroup"], rule


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", required=True, help="the built paragon")
    flags = parser.parse_args()
    aws = Moto()
    try:
        with tempfile.TemporaryDirectory(prefix="paragon-moto-") as folder:
            on = Check(os.path.abspath(flags.program), pathlib.Path(folder), aws)
            try:
                machines(on)
                functions(on)
                template(on)
            finally:
                for process in on.serving:
                    process.kill()
    finally:
        aws.process.terminate()
        aws.process.wait(30)
    print("all well")


if __name__ == "__main__":
    main()
