"""Endpoints of every region that botocore knows, and generated files of profiles, beside botocore's."""

import os
import random
import tempfile

import with_botocore

import botocore.configloader
import botocore.session

FILES = 400
NAMES = ["region", "aws_access_key_id", "AWS_SECRET_ACCESS_KEY", "role_arn", "output"]
VALUES = ["", "x", "a=b", "a/b+c==", "two words", "caf\u00e9", '"quoted"', "a # b"]


def check_endpoints(probe):
    session = botocore.session.get_session()
    resolver = session.get_component("endpoint_resolver")
    cases = [{"service": service, "region": region}
             for partition in session.get_available_partitions()
             for service in ("ec2", "lambda", "sts", "servicequotas", "pricing")
             for region in session.get_available_regions(service, partition)]
    wrong = []
    for asked, answer in zip(cases, with_botocore.ask(probe, "endpoint", cases)):
        prefix = session.get_service_model(asked["service"]).endpoint_prefix  # pricing's is another than its name
        theirs = resolver.construct_endpoint(prefix, asked["region"])["hostname"]
        if answer != {"host": theirs, "tls": True}:
            wrong.append(f"{asked}: ours {answer}, theirs {theirs}")
    return len(cases), wrong


def parts(draw, kind):
    if kind == "credentials":
        return ["default", "work", "a-b"]
    return ["default", draw.choice(["profile work", "profile\twork"]), 'profile "a b"', "sso-session s"]


def profile_file(draw, kind):
    """Names once in each part, each part once: of what comes twice, botocore refuses some and drops some."""
    lines = []
    titles = parts(draw, kind)
    for title in draw.sample(titles, draw.randrange(len(titles) + 1)):
        lines.append(f"[{title}]")
        for name in draw.sample(NAMES, draw.randrange(4)):
            lines.append(name + draw.choice(["=", " = ", "\t= "]) + draw.choice(VALUES))
            lines += draw.choice([[], [], ["# note"], ["; note"], [""]])
        if draw.random() < 0.3:
            lines += ["s3 =", "  max_concurrent_requests = 20", "    region = no"]
    return draw.choice(["\n", "\r\n"]).join(lines) + draw.choice(["", "\n"])


def by_botocore(text, kind):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "file")
        with open(path, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        if kind == "credentials":
            profiles = botocore.configloader.raw_config_parse(path)
        else:
            profiles = botocore.configloader.load_config(path)["profiles"]
    return {name: {key: value for key, value in fields.items() if isinstance(value, str)}
            for name, fields in profiles.items()}


def check_profiles(probe):
    draw = random.Random(2006)
    cases = [{"kind": kind, "text": profile_file(draw, kind)} for kind in ("credentials", "config")
             for _ in range(FILES)]
    wrong = []
    for asked, answer in zip(cases, with_botocore.ask(probe, "profiles", cases)):
        ours = {name: {key: value for key, value in fields.items() if key != "s3"}
                for name, fields in answer.get("profiles", {}).items()}
        theirs = by_botocore(asked["text"], asked["kind"])
        if ours != theirs:
            wrong.append(f"{asked}\n  ours   {answer}\n  theirs {theirs}")
    return len(cases), wrong


def main():
    probe = with_botocore.probe_path(__doc__)
    endpoints, wrong = check_endpoints(probe)
    files, also = check_profiles(probe)
    with_botocore.finish(f"endpoints and files of profiles ({endpoints} and {files})", endpoints + files, wrong + also)


if __name__ == "__main__":
    main()
