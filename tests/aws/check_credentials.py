"""Whose credentials are found, and which region, beside botocore's: the same environments and files, the same services.

Both ask the server of this folder (STS, single sign-on, a container's endpoint, an instance's metadata), and who they
became is what STS says of the keys that they got. Where botocore finds nothing or complains, so must we.
"""

import json
import os
import random
import shlex
import subprocess
import sys
import tempfile
import unittest.mock

HOME = tempfile.TemporaryDirectory()
os.environ["HOME"] = HOME.name  # botocore looks for logins there from when it is loaded

import with_botocore  # noqa: E402

import botocore  # noqa: E402
import botocore.exceptions  # noqa: E402
import botocore.session  # noqa: E402

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "server_checks"))
import harness  # noqa: E402

RANDOM_CASES = 80
LINES = 3000
ROLE = "arn:aws:iam::123456789012:role/"
START_URL = "https://corp.awsapps.com/start"
OLD = tuple(int(part) for part in botocore.__version__.split(".")[:2]) < (1, 33)  # Debian 12's


def path(name):
    return os.path.join(HOME.name, name)


def write(name, text):
    os.makedirs(os.path.dirname(path(name)), exist_ok=True)
    with open(path(name), "w", encoding="utf-8") as file:
        file.write(text)
    return path(name)


class World:
    """The server, and keys of it that tell by their role where they were found."""

    def __init__(self):
        self.server = harness.Server()
        self.server.control("settings", **harness.QUICK)
        self.sts = self.server.client("sts")
        self.keys = {}
        ec2 = self.server.client("ec2")
        ec2.run_instances(ImageId=harness.IMAGE, InstanceType="m5.large", MinCount=1, MaxCount=1,
                          IamInstanceProfile={"Name": "paragon-worker"}, UserData="#!/bin/sh\nexec sleep 600\n")
        self.metadata = self.server.state()["instances"][0]["metadata_url"]
        write("token", "eyJhbGciOiJub25lIn0.paragon.token")
        write("pod-token", "Basic cGFyYWdvbjp0YXNr")
        self.login("corp", "2999-01-01T00:00:00Z")
        self.login(START_URL, "2999-01-01T00:00:00Z")
        self.login("late", "2020-01-01T00:00:00Z")
        self.login("refused", "2999-01-01T00:00:00Z", "another")
        self.process = write("keys.py", "import json, sys\nprint(json.dumps(json.load(open(sys.argv[1]))))\n")

    def login(self, name, until, token="aoaAAAAAGparagon-login"):
        digest = subprocess.run(["sha1sum"], input=name.encode(), capture_output=True, check=True).stdout[:40].decode()
        write(f".aws/sso/cache/{digest}.json", json.dumps(
            {"startUrl": START_URL, "region": "us-east-1", "accessToken": token, "expiresAt": until}))

    def of(self, place):
        """Keys, the same each time, that only this place holds."""
        if place not in self.keys:
            held = self.sts.assume_role(RoleArn=ROLE + "deploy", RoleSessionName=place)["Credentials"]
            self.keys[place] = (held["AccessKeyId"], held["SecretAccessKey"], held["SessionToken"])
        return self.keys[place]

    def in_file(self, place):
        return dict(zip(("aws_access_key_id", "aws_secret_access_key", "aws_session_token"), self.of(place)))

    def in_environment(self):
        return dict(zip(("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"), self.of("environment")))

    def by_process(self, place, more=None):
        key, secret, token = self.of(place)
        made = write(f"{place}.json", json.dumps({"Version": 1, "AccessKeyId": key, "SecretAccessKey": secret,
                                                  "SessionToken": token, **(more or {})}))
        return {"credential_process": f"{shlex.quote(sys.executable)} '{self.process}' \"{made}\""}

    def container(self):
        return {"AWS_CONTAINER_CREDENTIALS_FULL_URI":
                self.server.url + "/v2/credentials/0a1b2c3d-4e5f-6000-0000-000000000001",
                "AWS_CONTAINER_AUTHORIZATION_TOKEN": "Basic cGFyYWdvbjp0YXNr"}

    def instance(self):
        return {"AWS_EC2_METADATA_SERVICE_ENDPOINT": self.metadata}

    def who(self, got):
        """What STS says of the keys; the names that sessions get by themselves are left out."""
        arn = self.server.client("sts", aws_access_key_id=got["access_key_id"],
                                 aws_secret_access_key=got["secret_access_key"],
                                 aws_session_token=got["session_token"] or None).get_caller_identity()["Arn"]
        role, _, session = arn.rpartition("/")
        return role if session == "paragon" or session.startswith("botocore-session") else arn


SSO = {"sso_session": "corp", "sso_account_id": "123456789012", "sso_role_name": "Deploy"}
LEGACY = {"sso_start_url": START_URL, "sso_region": "us-east-1", "sso_account_id": "123456789012",
          "sso_role_name": "Look"}
SESSIONS = {f"sso-session {name}": {"sso_region": "us-east-1", "sso_start_url": START_URL}
            for name in ("corp", "late", "refused", "nobody")}


def web():
    return {"web_identity_token_file": path("token"), "role_arn": ROLE + "paragon-controller"}


def role(name, **more):
    return {"role_arn": ROLE + name, **more}


def case(variables=None, config=None, credentials=None, region="us-east-1"):
    """An environment and what its two files say; `config` by the names of profiles, or of sessions."""
    return {"variables": {**({"AWS_DEFAULT_REGION": region} if region else {}), "AWS_EC2_METADATA_DISABLED": "true",
                          **(variables or {})}, "config": config or {}, "credentials": credentials or {}}


def table(world):
    """What people set up, and what goes wrong with it, by name."""
    one, two, three = (world.in_file(f"file-{number}") for number in (1, 2, 3))
    env, a = world.in_environment(), {"AWS_PROFILE": "a"}
    on = {**world.instance(), "AWS_EC2_METADATA_DISABLED": "false"}
    web_env = {"AWS_WEB_IDENTITY_TOKEN_FILE": path("token"), "AWS_ROLE_ARN": ROLE + "paragon-controller"}
    source = {"b": two}
    return {
        "nothing": case(),
        "environment": case(env, {"default": one}),
        "environment and a profile that is missing": case({**env, **a}),
        "a profile that is missing": case(a, {"default": one}),
        "half of a pair": case({"AWS_ACCESS_KEY_ID": "AK"}),
        "credentials file": case(None, {"default": one}, {"default": two}),
        "config file": case(a, {"a": one, "default": two}),
        "half of a pair in a file": case(None, {"default": {"aws_access_key_id": "AK"}}),
        "region of the config file": case(a, {"a": {**one, "region": "eu-west-1"}}, region=None),
        "region of the credentials file": case(a, {"a": {**one, "region": "eu-west-1"}}, {"a": {"region": "eu-west-2"}},
                                               region=None),
        "region of the environment": case(a, {"a": {**one, "region": "eu-west-1"}}, region="eu-west-3"),
        "no region": case(a, {"a": one}, region=None),
        "web identity": case(web_env, None, {"default": one}),
        "web identity, named": case({**web_env, "AWS_ROLE_SESSION_NAME": "me+1"}),
        "web identity of a profile": case(a, {"a": web()}),
        "web identity, half of each": case({**a, "AWS_ROLE_ARN": ROLE + "paragon-controller"},
                                           {"a": {**web(), "role_arn": ROLE + "other"}}),
        "web identity of another role": case({**web_env, "AWS_ROLE_ARN": ROLE + "other"}),
        "web identity without a role": case({"AWS_WEB_IDENTITY_TOKEN_FILE": path("token")}),
        "web identity without its file": case({**web_env, "AWS_WEB_IDENTITY_TOKEN_FILE": path("none")}),
        "role": case(a, {"a": role("deploy-2", source_profile="b", role_session_name="me"), **source}),
        "role over web identity": case({**a, **web_env}, {"a": role("deploy-2", source_profile="b"), **source}),
        "role with an external id": case(a, {"a": role("guest", source_profile="b", external_id="from-us"), **source}),
        "role without its external id": case(a, {"a": role("guest", source_profile="b"), **source}),
        "role for a while": case(a, {"a": role("deploy-2", source_profile="b", duration_seconds="900"), **source}),
        "role for too long": case(a, {"a": role("deploy-2", source_profile="b", duration_seconds="7200"), **source}),
        "role that trusts others": case(a, {"a": role("other", source_profile="b"), **source}),
        "role with its own keys": case(a, {"a": {**role("deploy-2", source_profile="a"), **one}}),
        "role of a role": case(a, {"a": role("guest", source_profile="b", external_id="from-us"),
                                   "b": role("deploy-2", source_profile="c"), "c": three}),
        "role of keys that have a role": case(a, {"a": role("deploy", source_profile="b"),
                                                  "b": {**role("deploy-2", source_profile="c"), **two}, "c": three}),
        "role of a profile in the other file": case(a, {"a": role("deploy-2", source_profile="b")}, source),
        "role of web identity": case(a, {"a": role("deploy-2", source_profile="b"), "b": web()}),
        "role of single sign-on": case(a, {"a": role("deploy-2", source_profile="b"), "b": LEGACY, **SESSIONS}),
        "role of a process": case(a, {"a": role("deploy-2", source_profile="b"), "b": world.by_process("process")}),
        "role of the container": case({**a, **world.container()},
                                      {"a": role("deploy-2", credential_source="EcsContainer")}),
        "role of no container": case(a, {"a": role("deploy-2", credential_source="EcsContainer")}),
        "role of the instance": case({**a, **on}, {"a": role("deploy-2", credential_source="Ec2InstanceMetadata")}),
        "role of no environment": case(a, {"a": role("deploy-2", credential_source="Environment")}),
        "role of a source in lower case": case({**a, **on}, {"a": role("deploy", credential_source="environment")}),
        "role of nothing": case(a, {"a": role("deploy-2")}),
        "role of two": case({**a, **on}, {"a": role("deploy", source_profile="b", credential_source="Environment"),
                                          **source}),
        "role of a profile that is missing": case(a, {"a": role("deploy-2", source_profile="b")}),
        "role of a profile without keys": case(a, {"a": role("deploy-2", source_profile="b"), "b": {"output": "json"}}),
        "circle of two": case(a, {"a": role("deploy", source_profile="b"), "b": role("deploy", source_profile="a")}),
        "circle of one": case(a, {"a": role("deploy", source_profile="a")}),
        "single sign-on": case(a, {"a": SSO, **SESSIONS}),
        "single sign-on, legacy": case(a, {"a": LEGACY}),
        "single sign-on over keys": case(a, {"a": {**SSO, **one}, **SESSIONS}, {"a": two}),
        "single sign-on, expired": case(a, {"a": {**SSO, "sso_session": "late"}, **SESSIONS}),
        "single sign-on, nobody logged in": case(a, {"a": {**SSO, "sso_session": "nobody"}, **SESSIONS}),
        "single sign-on, refused": case(a, {"a": {**SSO, "sso_session": "refused"}, **SESSIONS}),
        "single sign-on, no such role": case(a, {"a": {**SSO, "sso_role_name": "Admin"}, **SESSIONS}),
        "single sign-on, no such session": case(a, {"a": SSO}),
        "single sign-on, half": case(a, {"a": {"sso_session": "corp", "sso_account_id": "123456789012"}, **SESSIONS}),
        "single sign-on, two regions": case(a, {"a": {**SSO, "sso_region": "eu-west-1"}, **SESSIONS}),
        "process": case(a, {"a": world.by_process("process")}),
        "process that expires": case(a, {"a": world.by_process("late", {"Expiration": "2999-01-01T00:00:00Z"})}),
        "process of another version": case(a, {"a": world.by_process("other", {"Version": 2})}),
        "process that fails": case(a, {"a": {"credential_process": "false"}}),
        "process that is not there": case(a, {"a": {"credential_process": "/nowhere/keys"}}),
        "process that prints no JSON": case(a, {"a": {"credential_process": "echo keys"}}),
        "process in the order": case(a, {"a": {**world.by_process("process"), **one}}),
        "process behind the credentials file": case(a, {"a": world.by_process("process")}, {"a": two}),
        "container": case({**world.container(), **on}),
        "container behind the profile": case(world.container(), {"default": one}),
        "container that refuses": case({**world.container(), "AWS_CONTAINER_AUTHORIZATION_TOKEN": "another"}),
        "container elsewhere": case({"AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://keys.example/"}),
        "instance": case(on),
        "instance, disabled": case({**on, "AWS_EC2_METADATA_DISABLED": "True"}),
        **({} if OLD else {"container with a token's file": case(
            {**world.container(), "AWS_CONTAINER_AUTHORIZATION_TOKEN": "another",
             "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": path("pod-token")})}),
    }


def drawn(world, draw):
    """Any three profiles that lead anywhere."""
    def profile():
        fields = {}
        kinds = (lambda: SSO, lambda: LEGACY, web, lambda: world.by_process("process"),
                 lambda: world.in_file(draw.choice(("file-1", "file-2"))))
        for kind in draw.sample(kinds, draw.choice((0, 0, 1, 1, 2))):
            fields.update(kind())
        if draw.random() < 0.5:
            fields.update(draw.choice((role("deploy"), role("deploy-2"), role("guest", external_id="from-us"))))
            fields.update(draw.choice((
                {"source_profile": draw.choice("abc")}, {"source_profile": draw.choice("abc")},
                {"credential_source": draw.choice(("EcsContainer", "Ec2InstanceMetadata", "Environment"))}, {})))
        return fields
    config = {name: profile() for name in "abc"}
    credentials = {name: world.in_file("file-3") for name in "abc" if draw.random() < 0.2}
    variables = {"AWS_PROFILE": draw.choice("aaab")}
    for more in (world.in_environment(), {"AWS_WEB_IDENTITY_TOKEN_FILE": path("token"),
                                          "AWS_ROLE_ARN": ROLE + "paragon-controller"}):
        if draw.random() < 0.1:
            variables.update(more)
    if draw.random() < 0.4:
        variables.update(world.container())
    if draw.random() < 0.6:
        variables.update({**world.instance(), "AWS_EC2_METADATA_DISABLED": "false"})
    return case(variables, {**config, **SESSIONS}, credentials)


def whole(world, number, asked):
    """The variables of a case, with its files written."""
    def text(parts, kind):
        def title(name):
            return f"profile {name}" if kind == "config" and name != "default" and " " not in name else name
        return "".join(f"[{title(name)}]\n" + "".join(f"{key} = {value}\n" for key, value in fields.items())
                       for name, fields in parts.items())
    return {"AWS_CONFIG_FILE": write(f"config-{number}", text(asked["config"], "config")),
            "AWS_SHARED_CREDENTIALS_FILE": write(f"credentials-{number}", text(asked["credentials"], "credentials")),
            "HOME": HOME.name, "AWS_ENDPOINT_URL": world.server.url, "AWS_ENDPOINT_URL_STS": world.server.url,
            **asked["variables"]}


def by_botocore(world, variables):
    with unittest.mock.patch.dict(os.environ, {**variables, "PATH": os.environ["PATH"]}, clear=True), \
            unittest.mock.patch("time.sleep"):
        session = botocore.session.Session()
        make = session.create_client
        # Older ones do not know the variable of endpoints.
        session.create_client = lambda name, *rest, **more: make(
            name, *rest, **{**more, "endpoint_url": world.server.url})
        try:
            found = session.get_credentials()
            if found is None:
                return {"error": "none"}
            keys = found.get_frozen_credentials()
            region = session.get_config_variable("region")
        except (botocore.exceptions.BotoCoreError, botocore.exceptions.ClientError, OSError, ValueError) as why:
            return {"error": f"{type(why).__name__}: {why}"}
        except AttributeError:
            if not OLD:
                raise
            return None  # it looks for a source profile's sso_session in another profile
    return {"kind": found.method, "region": region or "", "access_key_id": keys.access_key,
            "secret_access_key": keys.secret_key, "session_token": keys.token or ""}


def difference(world, ours, theirs):
    """What is not the same, in words; None where all is."""
    if ("error" in ours) != ("error" in theirs):
        return "one complains, the other does not"
    if "error" in ours:
        return None if "\n" not in ours["error"] else "a message of more than one line"
    files = {"env": "in the environment", "shared-credentials-file": "/credentials-", "config-file": "/config-"}
    if theirs["kind"] in files:
        if ours["kind"] != "keys" or files[theirs["kind"]] not in ours["described"]:
            return "found elsewhere"
    elif ours["kind"] != theirs["kind"]:
        return "found elsewhere"
    if ours["region"] != theirs["region"]:
        return "another region"
    if ours["access_key_id"] == theirs["access_key_id"]:
        same = ours["secret_access_key"] == theirs["secret_access_key"]
        return None if same and ours["session_token"] == theirs["session_token"] else "another secret"
    return None if world.who(ours) == world.who(theirs) else "somebody else"


def check_chain(probe, world):
    draw = random.Random(2014)
    cases = list(table(world).items()) + [(f"drawn {number}", drawn(world, draw)) for number in range(RANDOM_CASES)]
    settings = [whole(world, number, asked) for number, (_, asked) in enumerate(cases)]
    secrets = {part for keys in world.keys.values() for part in keys[1:]} | {
        "eyJhbGciOiJub25lIn0.paragon.token", "aoaAAAAAGparagon-login", "cGFyYWdvbjp0YXNr"}
    wrong, kinds = [], {}
    answers = with_botocore.ask(probe, "credentials", [{"variables": variables} for variables in settings])
    for (name, asked), variables, ours in zip(cases, settings, answers):
        theirs = by_botocore(world, variables)
        if theirs is None:
            continue
        why = difference(world, ours, theirs)
        if any(secret in ours.get("error", ours.get("described")) for secret in secrets):
            why = "a message holds a secret"
        if why:
            wrong.append(f"{name}: {why}\n  {asked}\n  ours   {ours}\n  theirs {theirs}")
        kind = theirs.get("kind", "an error")
        kinds[kind] = kinds.get(kind, 0) + 1
    print(", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items())))
    return len(cases), wrong


def check_words(probe):
    """Command lines in words, as Python's shlex, which botocore uses, has them."""
    draw = random.Random(2017)
    cases = [{"line": "".join(draw.choice("ab  \t'\"\\$#") for _ in range(draw.randrange(12)))} for _ in range(LINES)]
    wrong = []
    for asked, answer in zip(cases, with_botocore.ask(probe, "words", cases)):
        try:
            theirs = shlex.split(asked["line"])
        except ValueError:
            theirs = []
        if answer.get("words", []) != theirs:
            wrong.append(f"{asked}: ours {answer}, theirs {theirs}")
    return len(cases), wrong


def main():
    probe = with_botocore.probe_path(__doc__)
    world = World()
    try:
        count, wrong = check_chain(probe, world)
    finally:
        world.server.stop()
    lines, also = check_words(probe)
    with_botocore.finish(f"environments and command lines ({count} and {lines})", count + lines, wrong + also)


if __name__ == "__main__":
    main()
