"""What the account has before anybody asks: zones, a network, images, a launch template, roles."""

import dataclasses

from keys import ACCOUNT

REGION = "us-east-1"
ZONES = {"us-east-1a": "use1-az1", "us-east-1b": "use1-az2", "us-east-1c": "use1-az4"}
VPC = "vpc-0a1b2c3d4e5f60001"


@dataclasses.dataclass(frozen=True)
class Subnet:
    id: str
    zone: str
    block: str
    public: bool  # instances get a public address unless they say otherwise


@dataclasses.dataclass(frozen=True)
class Group:
    id: str
    name: str
    description: str
    ports: tuple


@dataclasses.dataclass(frozen=True)
class Image:
    id: str
    name: str
    architecture: str
    owner: str
    alias: str
    created: str


SUBNETS = {one.id: one for one in (
    Subnet("subnet-0a1b2c3d4e5f60001", "us-east-1a", "127.0.0.0/20", True),
    Subnet("subnet-0a1b2c3d4e5f60002", "us-east-1b", "127.0.16.0/20", True),
    Subnet("subnet-0a1b2c3d4e5f60003", "us-east-1c", "127.0.32.0/20", False))}
GROUPS = {one.id: one for one in (
    Group("sg-0a1b2c3d4e5f60000", "default", "default VPC security group", ()),
    Group("sg-0a1b2c3d4e5f60001", "paragon-worker", "lets the controller reach workers", (8100,)))}
IMAGES = {one.id: one for one in (
    Image("ami-0a1b2c3d4e5f60001", "al2023-ami-2023.9.20260105.0-kernel-6.1-x86_64", "x86_64", "137112412989", "amazon",
          "2026-01-05T20:00:00.000Z"),
    Image("ami-0a1b2c3d4e5f60002", "al2023-ami-2023.9.20260105.0-kernel-6.1-arm64", "arm64", "137112412989", "amazon",
          "2026-01-05T20:00:00.000Z"),
    Image("ami-0a1b2c3d4e5f60003", "paragon-worker-1", "x86_64", ACCOUNT, "", "2026-02-01T08:00:00.000Z"))}
# Profiles of instances, each with the role of the same name; roles that Lambda may take.
PROFILES = {"paragon-worker": f"arn:aws:iam::{ACCOUNT}:instance-profile/paragon-worker"}
WORKER_ROLE = f"arn:aws:iam::{ACCOUNT}:role/paragon-worker"
FUNCTION_ROLES = (f"arn:aws:iam::{ACCOUNT}:role/paragon-function",)
WEB_ROLES = {f"arn:aws:iam::{ACCOUNT}:role/paragon-controller": "paragon-controller"}
WEB_TOKEN = "eyJhbGciOiJub25lIn0.paragon.token"  # the only web identity token that STS takes
# Roles that every key of the account may take on, each with the external id that its trust policy wants, if any.
ROLES = {f"arn:aws:iam::{ACCOUNT}:role/deploy": None, f"arn:aws:iam::{ACCOUNT}:role/deploy-2": None,
         f"arn:aws:iam::{ACCOUNT}:role/guest": "from-us"}
# Single sign-on: the only login that the portal takes, and the roles that it may have.
SSO_TOKEN = "aoaAAAAAGparagon-login"
SSO_ROLES = {(ACCOUNT, "Deploy"), (ACCOUNT, "Look")}
# The endpoint of a container's role, and what it wants in Authorization.
CONTAINER_PATH = "/v2/credentials/0a1b2c3d-4e5f-6000-0000-000000000001"
CONTAINER_TOKEN = "Basic cGFyYWdvbjp0YXNr"


@dataclasses.dataclass
class Template:
    id: str
    name: str
    versions: list  # of RunInstances' parameters, the oldest first
    default: int = 1


TEMPLATES = {"lt-0a1b2c3d4e5f60001": Template(
    "lt-0a1b2c3d4e5f60001", "paragon-worker",
    [{"ImageId": "ami-0a1b2c3d4e5f60001", "InstanceType": "m5.large", "SecurityGroupId": ["sg-0a1b2c3d4e5f60001"]},
     {"ImageId": "ami-0a1b2c3d4e5f60001", "InstanceType": "c5.large", "SecurityGroupId": ["sg-0a1b2c3d4e5f60001"],
      "IamInstanceProfile": {"Name": "paragon-worker"}}])}
# Service quotas: code to (service, name, value, unit).
QUOTAS = {
    "L-1216C47A": ("ec2", "Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances", 256.0),
    "L-34B43A08": ("ec2", "All Standard (A, C, D, H, I, M, R, T, Z) Spot Instance Requests", 256.0),
    "L-B99A9384": ("lambda", "Concurrent executions", 1000.0),
}
