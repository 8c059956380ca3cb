"""EC2 requests and answers beside botocore's service model.

Requests: for generated parameters that the model accepts, our form body must hold exactly the pairs that botocore
would send. Answers: rendered from the model's output shapes with random values, most of them fields we do not use;
botocore must read what was rendered, and ours must agree in all that it keeps.
"""

import base64
import datetime
import random
from urllib.parse import parse_qsl
from xml.sax.saxutils import escape

import with_botocore
import from_model

import botocore.parsers
import botocore.serialize
import botocore.session
import botocore.validate

EACH = 120
OPERATIONS = ["RunInstances", "TerminateInstances", "DescribeInstances", "DescribeInstanceStatus",
              "DescribeSpotPriceHistory"]
# Members without which an answer would not be one.
ALWAYS = {"Instances", "InstanceId", "InstanceType", "State", "Name", "SpotPrice", "Timestamp", "CurrentState",
          "PreviousState", "InstanceState", "Key", "Value", "Status"}


def some(draw, make, most=3):
    return [make() for _ in range(draw.randrange(1, most + 1))]


def maybe(draw, into, name, make, share=0.5):
    if draw.random() < share:
        into[name] = make()


def word(draw):
    return from_model.text(draw)


def run_instances(draw):
    p = {"MinCount": draw.randrange(1, 5), "ClientToken": f"m-{draw.randrange(10**9)}/+="}
    p["MaxCount"] = p["MinCount"]
    if draw.random() < 0.3:
        p["LaunchTemplate"] = draw.choice([{"LaunchTemplateId": "lt-1", "Version": "$Latest"},
                                           {"LaunchTemplateName": word(draw)}])
    else:
        p.update(ImageId="ami-0123", InstanceType=draw.choice(["c5.large", "t3.micro"]))
    network = {}
    maybe(draw, network, "SubnetId", lambda: "subnet-1")
    groups = some(draw, lambda: word(draw)) if draw.random() < 0.5 else None
    if draw.random() < 0.5:
        network.update(DeviceIndex=0, AssociatePublicIpAddress=draw.random() < 0.5)
        if groups:
            network["Groups"] = groups
        p["NetworkInterfaces"] = [network]
    else:
        p.update(network)
        if groups:
            p["SecurityGroupIds"] = groups
    maybe(draw, p, "KeyName", lambda: word(draw))
    maybe(draw, p, "IamInstanceProfile", lambda: draw.choice([
        {"Name": "worker"}, {"Arn": "arn:aws:iam::1:instance-profile/worker"}]))
    maybe(draw, p, "UserData", lambda: base64.b64encode(
        bytes(draw.randrange(256) for _ in range(draw.randrange(1, 60)))).decode())
    maybe(draw, p, "InstanceInitiatedShutdownBehavior", lambda: "terminate")
    maybe(draw, p, "MetadataOptions", lambda: {"HttpTokens": "required"})
    maybe(draw, p, "DryRun", lambda: True, 0.2)
    kinds = ["instance", "volume"]
    if draw.random() < 0.5:
        options = {"SpotInstanceType": "one-time", "InstanceInterruptionBehavior": "terminate"}
        maybe(draw, options, "MaxPrice", lambda: f"{draw.randrange(1, 10**6) / 10**5:.6f}")
        p["InstanceMarketOptions"] = {"MarketType": "spot", "SpotOptions": options}
        kinds.append("spot-instances-request")
    if draw.random() < 0.6:
        tags = [{"Key": f"{i}{word(draw)}", "Value": draw.choice(["", word(draw)])} for i in range(draw.randrange(1, 4))]
        p["TagSpecifications"] = [{"ResourceType": kind, "Tags": tags} for kind in kinds]
    return p


def question(draw, least, filters, ids):
    p = {}
    if filters:
        maybe(draw, p, "Filters", lambda: some(draw, lambda: {"Name": "tag:" + word(draw),
                                                              "Values": some(draw, lambda: word(draw))}))
    if ids and draw.random() < 0.4:
        p["InstanceIds"] = some(draw, lambda: f"i-{draw.randrange(10**9):x}", 12)
    else:
        maybe(draw, p, "MaxResults", lambda: draw.randrange(least, 1001))
        maybe(draw, p, "NextToken", lambda: word(draw) + "+/==")
    maybe(draw, p, "DryRun", lambda: True, 0.2)
    return p


def parameters(draw, operation):
    if operation == "RunInstances":
        return run_instances(draw)
    if operation == "TerminateInstances":
        return {"InstanceIds": some(draw, lambda: f"i-{draw.randrange(10**9):x}", 12)}
    p = question(draw, 1 if "Price" in operation else 5, "Price" not in operation, "Price" not in operation)
    if operation == "DescribeInstanceStatus":
        maybe(draw, p, "IncludeAllInstances", lambda: True)
    if operation == "DescribeSpotPriceHistory":
        maybe(draw, p, "InstanceTypes", lambda: some(draw, lambda: "c5.large"))
        maybe(draw, p, "ProductDescriptions", lambda: some(draw, lambda: "Linux/UNIX"))
        maybe(draw, p, "AvailabilityZone", lambda: "eu-central-1a")
        maybe(draw, p, "StartTime", lambda: draw.randrange(10**9, 15 * 10**8))
        maybe(draw, p, "EndTime", lambda: draw.randrange(15 * 10**8, 2 * 10**9))
    return p


def for_botocore(p):
    """Times of the cases are seconds; botocore's are dates."""
    return {name: datetime.datetime.fromtimestamp(value, datetime.timezone.utc) if name.endswith("Time") else value
            for name, value in p.items()}


def check_requests(model, probe, draw):
    cases = [{"operation": operation, "parameters": parameters(draw, operation)}
             for operation in OPERATIONS for _ in range(EACH)]
    wrong = []
    for asked, answer in zip(cases, with_botocore.ask(probe, "ec2-request", cases)):
        operation = model.operation_model(asked["operation"])
        given = for_botocore(asked["parameters"])
        report = botocore.validate.ParamValidator().validate(given, operation.input_shape)
        if report.has_errors():
            wrong.append(f"the case itself: {report.generate_report()}")
        theirs = botocore.serialize.EC2Serializer().serialize_to_request(given, operation)["body"]
        theirs = sorted((name, str(value)) for name, value in theirs.items())
        ours = sorted(parse_qsl(answer.get("body", ""), keep_blank_values=True, strict_parsing="body" in answer))
        if ours != theirs:
            differ = sorted(set(ours) ^ set(theirs))
            wrong.append(f"{asked}\n  {answer.get('error', '')}\n  only on one side: {differ}")
    return len(cases), wrong


def render(shape, value, name):
    """XML of EC2's protocol."""
    kind = shape.type_name
    if kind == "structure":
        inner = "".join(render(shape.members[key], item, shape.members[key].serialization.get("name", key))
                        for key, item in value.items())
    elif kind == "list":
        inner = "".join(render(shape.member, item, shape.member.serialization.get("name", "member")) for item in value)
    elif kind == "timestamp":
        inner = value.strftime("%Y-%m-%dT%H:%M:%S.000Z")
    elif kind == "boolean":
        inner = "true" if value else "false"
    elif kind == "blob":
        inner = base64.b64encode(value).decode()
    else:
        inner = escape(str(value))
    return f"<{name}>{inner}</{name}>"


def seconds(when):
    return None if when is None else int(when.timestamp())


def expected_instance(item):
    reason = item.get("StateReason")
    return {
        "id": item["InstanceId"], "state": item["State"]["Name"], "type": item["InstanceType"],
        "zone": item.get("Placement", {}).get("AvailabilityZone", ""),
        "private": item.get("PrivateIpAddress", ""), "public": item.get("PublicIpAddress", ""),
        "spot": item.get("InstanceLifecycle") == "spot", "launched": seconds(item.get("LaunchTime")),
        "token": item.get("ClientToken", ""),
        "reason": "" if reason is None else f"{reason.get('Code', '')}: {reason.get('Message', '')}",
        "tags": [[tag["Key"], tag["Value"]] for tag in item.get("Tags", [])],
    }


def expected(operation, value):
    following = value.get("NextToken", "")
    if operation == "RunInstances":
        return [expected_instance(item) for item in value["Instances"]]
    if operation == "TerminateInstances":
        return [{"id": item["InstanceId"], "before": item["PreviousState"]["Name"], "now": item["CurrentState"]["Name"]}
                for item in value.get("TerminatingInstances", [])]
    if operation == "DescribeInstances":
        return {"next": following, "items": [expected_instance(item) for group in value.get("Reservations", [])
                                             for item in group["Instances"]]}
    if operation == "DescribeInstanceStatus":
        known = {"ok", "impaired", "initializing", "insufficient-data", "not-applicable"}
        word_of = lambda item, name: item.get(name, {}).get("Status", "unknown")  # noqa: E731
        checks = lambda item, name: word_of(item, name) if word_of(item, name) in known else "unknown"  # noqa: E731
        return {"next": following, "items": [
            {"id": item["InstanceId"], "state": item["InstanceState"]["Name"],
             "instance": checks(item, "InstanceStatus"), "system": checks(item, "SystemStatus"),
             "events": [[event.get("Code", ""), seconds(event.get("NotBefore"))] for event in item.get("Events", [])]}
            for item in value.get("InstanceStatuses", [])]}
    return {"next": following, "items": [
        {"type": item["InstanceType"], "zone": item.get("AvailabilityZone", ""),
         "product": item.get("ProductDescription", ""), "usd": float(item["SpotPrice"]),
         "since": seconds(item["Timestamp"])} for item in value.get("SpotPriceHistory", [])]}


def answer_value(draw, operation):
    value = from_model.value(draw, operation.output_shape, ALWAYS)
    if operation.name == "RunInstances" and not value["Instances"]:
        return answer_value(draw, operation)
    for item in value.get("SpotPriceHistory", []):
        item["SpotPrice"] = f"{draw.randrange(10**6) / 10**6:.6f}"
    return value


def check_answers(model, probe, draw):
    cases, values, wrong = [], [], []
    for name in OPERATIONS:
        operation = model.operation_model(name)
        for _ in range(EACH):
            values.append(answer_value(draw, operation))
            xml = '<?xml version="1.0" encoding="UTF-8"?>\n' + render(operation.output_shape, values[-1], name + "Response")
            xml = xml.replace(f"<{name}Response>", f'<{name}Response xmlns="{model.metadata["xmlNamespace"]}">\n'
                                                   "    <requestId>r-1</requestId>\n", 1)
            cases.append({"operation": name, "xml": xml})
            theirs = botocore.parsers.EC2QueryParser().parse(
                {"status_code": 200, "headers": {}, "body": xml.encode()}, operation.output_shape)
            theirs.pop("ResponseMetadata", None)
            if theirs != values[-1]:
                wrong.append(f"the case itself: botocore reads {theirs} where {values[-1]} was rendered")
    for asked, value, answer in zip(cases, values, with_botocore.ask(probe, "ec2-answer", cases)):
        want = expected(asked["operation"], value)
        if answer.get("value") != want:
            wrong.append(f"{asked['xml'][:2000]}\n  ours     {answer}\n  expected {want}")
    return len(cases), wrong


def main():
    probe = with_botocore.probe_path(__doc__)
    model = botocore.session.get_session().get_service_model("ec2")
    draw = random.Random(2016)
    requests, wrong = check_requests(model, probe, draw)
    answers, also = check_answers(model, probe, draw)
    with_botocore.finish(f"EC2 requests and answers ({requests} and {answers})", requests + answers, wrong + also)


if __name__ == "__main__":
    main()
