"""Lambda requests and answers beside botocore's service model.

Requests: for generated parameters that the model accepts, method, path, query, headers and body (as JSON) must be what
botocore would send. Answers: rendered from the model's output shapes with random values, most of them fields we do not
use; botocore must read what was rendered, and ours must agree in all that it keeps.
"""

import base64
import json
import random

import with_botocore
import from_model

import botocore.parsers
import botocore.serialize
import botocore.session
import botocore.validate

EACH = 60
ARN = "arn:aws:lambda:eu-central-1:123456789012:function:f"
QUALIFIED = {"GetFunction", "DeleteFunction", "Invoke"}
OPERATIONS = ["CreateFunction", "UpdateFunctionCode", "UpdateFunctionConfiguration", "GetFunction", "Invoke",
              "DeleteFunction", "ListFunctions", "PublishVersion", "ListVersionsByFunction", "PutFunctionConcurrency",
              "DeleteFunctionConcurrency", "PutProvisionedConcurrencyConfig", "GetProvisionedConcurrencyConfig",
              "ListProvisionedConcurrencyConfigs", "DeleteProvisionedConcurrencyConfig"]
ANSWERS = ["CreateFunction", "UpdateFunctionCode", "UpdateFunctionConfiguration", "GetFunction", "ListFunctions",
           "PublishVersion", "ListVersionsByFunction", "PutProvisionedConcurrencyConfig",
           "GetProvisionedConcurrencyConfig", "ListProvisionedConcurrencyConfigs"]
ALWAYS = {"FunctionName", "Configuration", "Functions", "Versions", "ProvisionedConcurrencyConfigs"}


def maybe(draw, into, name, make, share=0.5):
    if draw.random() < share:
        into[name] = make()


def texts(draw):
    return {f"K{i}": from_model.text(draw) for i in range(draw.randrange(1, 4))}


def code(draw):
    s3 = {"S3Bucket": "artifacts", "S3Key": "worker/v1.zip"}
    maybe(draw, s3, "S3ObjectVersion", lambda: "v+/=")
    return draw.choice([{"ZipFile": base64.b64encode(draw.randbytes(draw.randrange(1, 99))).decode()}, s3,
                        {"ImageUri": "123456789012.dkr.ecr.eu-central-1.amazonaws.com/worker:1"}])


def parameters(draw, operation):
    p = {}
    if operation != "ListFunctions":
        p["FunctionName"] = draw.choice(["paragon-1024", "f_1", ARN])
    if operation in QUALIFIED:
        maybe(draw, p, "Qualifier", lambda: draw.choice(["$LATEST", "7", "live-1"]))
    if operation == "PublishVersion":
        p["Description"] = from_model.text(draw)
    if operation in ("ListVersionsByFunction", "ListProvisionedConcurrencyConfigs"):
        maybe(draw, p, "Marker", lambda: from_model.text(draw) + "+/==")
    elif "Provisioned" in operation:
        p["Qualifier"] = draw.choice(["7", "live"])
    if operation == "CreateFunction":
        p.update(Role="arn:aws:iam::123456789012:role/worker", Code=code(draw), MemorySize=draw.randrange(128, 10241),
                 Timeout=draw.randrange(1, 901), Architectures=[draw.choice(["x86_64", "arm64"])])
        if "ImageUri" in p["Code"]:
            p["PackageType"] = "Image"
        else:
            p.update(PackageType="Zip", Runtime=draw.choice(["provided.al2", "provided.al2023"]), Handler="bootstrap")
        maybe(draw, p, "Tags", lambda: texts(draw))
        maybe(draw, p, "VpcConfig", lambda: {"SubnetIds": ["subnet-1", "subnet-2"], "SecurityGroupIds": ["sg-1"]})
        maybe(draw, p, "Publish", lambda: True)
    if operation == "UpdateFunctionCode":
        p.update(code(draw))
        maybe(draw, p, "Architectures", lambda: [draw.choice(["x86_64", "arm64"])])
        maybe(draw, p, "Publish", lambda: True)
        maybe(draw, p, "DryRun", lambda: True)
    if operation == "UpdateFunctionConfiguration":
        p["MemorySize"] = draw.randrange(128, 10241)
        maybe(draw, p, "Timeout", lambda: draw.randrange(1, 901))
        maybe(draw, p, "Role", lambda: "arn:aws:iam::123456789012:role/worker")
    if operation in ("CreateFunction", "UpdateFunctionConfiguration"):
        maybe(draw, p, "Description", lambda: from_model.text(draw))
        maybe(draw, p, "Environment", lambda: {"Variables": texts(draw)})
    if operation == "Invoke":
        p.update(InvocationType=draw.choice(["RequestResponse", "DryRun"]), Payload=json.dumps(from_model.text(draw)))
        maybe(draw, p, "LogType", lambda: "Tail")
    if operation == "ListFunctions":
        maybe(draw, p, "Marker", lambda: from_model.text(draw) + "+/==")
        maybe(draw, p, "MaxItems", lambda: draw.randrange(1, 10001))
    if operation == "PutFunctionConcurrency":
        p["ReservedConcurrentExecutions"] = draw.randrange(1000)
    if operation == "PutProvisionedConcurrencyConfig":
        p["ProvisionedConcurrentExecutions"] = draw.randrange(1, 1000)
    return p


def for_botocore(p):
    """Archives of the cases are base64, which botocore does itself."""
    out = {name: base64.b64decode(value) if name == "ZipFile" else value for name, value in p.items()}
    if "Code" in out:
        out["Code"] = for_botocore(out["Code"])
    if "Payload" in out:
        out["Payload"] = out["Payload"].encode()
    return out


def body_of(text):
    return json.loads(text) if text else None


def what_botocore_sends(operation, given):
    made = botocore.serialize.RestJSONSerializer().serialize_to_request(given, operation)
    body = made["body"].decode() if isinstance(made["body"], bytes) else made["body"]
    # Models of 2022 end the path of listings with a slash, later ones do not. A part of the query may stand in the path.
    path, _, fixed = made["url_path"].partition("?")
    query = [[name, str(value)] for name, value in made["query_string"].items()]
    return {"method": made["method"], "path": path.rstrip("/"),
            "query": sorted(query + [pair.split("=") for pair in fixed.split("&") if pair]),
            # Newer ones say what a body is; older leave it out. We always do.
            "headers": {name.lower(): value for name, value in made["headers"].items()
                        if name.lower() != "content-type"},
            "body": body_of(body)}


def check_requests(model, probe, draw):
    cases = [{"operation": operation, "parameters": parameters(draw, operation)}
             for operation in OPERATIONS for _ in range(EACH)]
    wrong = []
    for asked, answer in zip(cases, with_botocore.ask(probe, "lambda-request", cases)):
        operation = model.operation_model(asked["operation"])
        given = for_botocore(asked["parameters"])
        report = botocore.validate.ParamValidator().validate(given, operation.input_shape)
        if report.has_errors():
            wrong.append(f"the case itself: {report.generate_report()}")
        theirs = what_botocore_sends(operation, given)
        ours = answer
        if "error" not in answer:
            ours = {**answer, "query": sorted(answer["query"]), "body": body_of(answer["body"])}
            headers = {name.lower(): value for name, value in answer["headers"].items()}
            typed = headers.pop("content-type", None)
            ours["headers"] = headers
            if (typed == "application/json") != bool(answer["body"]):
                wrong.append(f"{asked}: content type {typed}")
        if ours != theirs:
            wrong.append(f"{asked}\n  ours   {ours}\n  theirs {theirs}")
    return len(cases), wrong


def plain(value):
    if isinstance(value, dict):
        return {name: plain(item) for name, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return int(value.timestamp()) if hasattr(value, "timestamp") else value


def expected_function(item):
    state = item.get("State", "")
    update = item.get("LastUpdateStatus", "")
    return {
        "name": item["FunctionName"], "arn": item.get("FunctionArn", ""), "version": item.get("Version", ""),
        "state": state if state in ("Pending", "Active", "Inactive", "Failed") else "",
        "state_reason": item.get("StateReason", ""), "update": update,
        "update_reason": item.get("LastUpdateStatusReason", ""), "memory": item.get("MemorySize", 0),
        "timeout": item.get("Timeout", 0), "sha": item.get("CodeSha256", ""),
        "environment": item.get("Environment", {}).get("Variables", {}),
    }


def expected_provisioned(item):
    return {"qualifier": item.get("FunctionArn", "").rpartition(":")[2], "state": item.get("Status", ""),
            "available": item.get("AvailableProvisionedConcurrentExecutions", 0),
            "requested": item.get("RequestedProvisionedConcurrentExecutions", 0),
            "reason": item.get("StatusReason", "")}


def expected(operation, value):
    if operation == "GetFunction":
        return {"function": expected_function(value["Configuration"]), "tags": value.get("Tags", {}),
                "reserved": value.get("Concurrency", {}).get("ReservedConcurrentExecutions")}
    if operation == "ListFunctions":
        return {"items": [expected_function(item) for item in value["Functions"]], "next": value.get("NextMarker", "")}
    if operation == "ListVersionsByFunction":
        return {"items": [expected_function(item) for item in value["Versions"]], "next": value.get("NextMarker", "")}
    if operation == "ListProvisionedConcurrencyConfigs":
        return {"items": [expected_provisioned(item) for item in value["ProvisionedConcurrencyConfigs"]],
                "next": value.get("NextMarker", "")}
    if operation.endswith("ProvisionedConcurrencyConfig"):
        return expected_provisioned(value)
    return expected_function(value)


def check_answers(model, probe, draw):
    cases, values, wrong = [], [], []
    for name in ANSWERS:
        shape = model.operation_model(name).output_shape
        for _ in range(EACH):
            values.append(from_model.value(draw, shape, ALWAYS))
            cases.append({"operation": name, "body": json.dumps(plain(values[-1]), ensure_ascii=draw.random() < 0.5)})
            theirs = botocore.parsers.RestJSONParser().parse(
                {"status_code": 200, "headers": {}, "body": cases[-1]["body"].encode()}, shape)
            theirs.pop("ResponseMetadata", None)
            if theirs != values[-1]:
                wrong.append(f"the case itself: botocore reads {theirs} where {values[-1]} was rendered")
    for asked, value, answer in zip(cases, values, with_botocore.ask(probe, "lambda-answer", cases)):
        want = expected(asked["operation"], value)
        if answer.get("value") != want:
            wrong.append(f"{asked['body'][:2000]}\n  ours     {answer}\n  expected {want}")
    return len(cases), wrong


def main():
    probe = with_botocore.probe_path(__doc__)
    model = botocore.session.get_session().get_service_model("lambda")
    draw = random.Random(2015)
    requests, wrong = check_requests(model, probe, draw)
    answers, also = check_answers(model, probe, draw)
    with_botocore.finish(f"Lambda requests and answers ({requests} and {answers})", requests + answers, wrong + also)


if __name__ == "__main__":
    main()
