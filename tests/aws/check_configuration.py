"""Endpoints of every region that botocore knows, and generated files of profiles, beside botocore's."""

import os
import random
import tempfile

import with_botocore

import botocore.configloader
import botocore.endpoint_provider
import botocore.session

FILES = 400
SERVICES = {"ec2": "ec2", "lambda": "lambda", "sts": "sts", "servicequotas": "service-quotas", "pricing": "pricing",
            "sso": "sso"}  # our name to botocore's
NAMES = ["region", "aws_access_key_id", "AWS_SECRET_ACCESS_KEY", "role_arn", "output"]
VALUES = ["", "x", "a=b", "a/b+c==", "two words", "caf\u00e9", '"quoted"', "a # b"]


def cases_of(session):
    """(service, region, host): all that botocore lists, and by its rules a region of each partition yet to come."""
    data = session.get_component("data_loader")
    listed, partitions = session.get_component("endpoint_resolver"), data.load_data("partitions")
    for ours, theirs in SERVICES.items():
        prefix = session.get_service_model(theirs).endpoint_prefix  # another than the name, for some
        for partition in session.get_available_partitions():
            for region in session.get_available_regions(theirs, partition):
                yield ours, region, listed.construct_endpoint(prefix, region)["hostname"]
        rules = botocore.endpoint_provider.EndpointProvider(data.load_service_model(theirs, "endpoint-rule-set-1"),
                                                            partitions)
        for partition in partitions["partitions"]:
            known = next(region for region in partition["regions"] if not region.endswith("-global"))
            region = f"{known.rsplit('-', 2)[0]}-far-7"
            asked = {"Region": region, "UseFIPS": False, "UseDualStack": False}
            if ours == "sts":
                asked["UseGlobalEndpoint"] = False
            yield ours, region, rules.resolve_endpoint(**asked).url.removeprefix("https://")


def check_endpoints(probe):
    cases = list(cases_of(botocore.session.get_session()))
    wrong = []
    answers = with_botocore.ask(probe, "endpoint", [{"service": one, "region": region} for one, region, _ in cases])
    for (service, region, theirs), answer in zip(cases, answers):
        if answer != {"host": theirs, "tls": True}:
            wrong.append(f"{service} in {region}: ours {answer}, theirs {theirs}")
    missing = set(SERVICES) - {service for service, _, _ in cases}
    return len(cases), wrong + [f"nothing compared for {service}" for service in sorted(missing)]


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
