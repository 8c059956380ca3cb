"""Questions to the Price List beside botocore's: each must be valid to its model and be what botocore would send."""

import json
import random

import with_botocore
import from_model

import botocore.serialize
import botocore.session
import botocore.validate

EACH = 60
GROUPS = {"gb-second": "AWS-Lambda-Duration", "call": "AWS-Lambda-Requests",
          "kept": "AWS-Lambda-Provisioned-Concurrency", "run": "AWS-Lambda-Duration-Provisioned"}


def case(draw, kind):
    return {"kind": kind, "type": draw.choice(["c5.large", "t3.2xlarge", "u-6tb1.metal"]), "arm": draw.random() < 0.5,
            "region": draw.choice(["us-east-1", "eu-central-1"]),
            "token": draw.choice(["", from_model.text(draw, 40)])}


def filters_of(asked):
    """What a question is about, written down here once more."""
    yield "regionCode", asked["region"]
    if asked["kind"] == "hour":
        yield from (("instanceType", asked["type"]), ("operatingSystem", "Linux"), ("tenancy", "Shared"),
                    ("preInstalledSw", "NA"), ("capacitystatus", "Used"))
    else:
        yield "group", GROUPS[asked["kind"]] + ("-ARM" if asked["arm"] else "")


def parameters(asked):
    out = {"ServiceCode": "AmazonEC2" if asked["kind"] == "hour" else "AWSLambda", "FormatVersion": "aws_v1",
           "MaxResults": 100, "Filters": [{"Type": "TERM_MATCH", "Field": name, "Value": value}
                                          for name, value in filters_of(asked)]}
    if asked["token"]:
        out["NextToken"] = asked["token"]
    return out


def main():
    probe = with_botocore.probe_path(__doc__)
    operation = botocore.session.get_session().get_service_model("pricing").operation_model("GetProducts")
    draw = random.Random(2017)
    cases = [case(draw, kind) for kind in ("hour", *GROUPS) for _ in range(EACH)]
    wrong = []
    for asked, answer in zip(cases, with_botocore.ask(probe, "price-request", cases)):
        given = parameters(asked)
        report = botocore.validate.ParamValidator().validate(given, operation.input_shape)
        if report.has_errors():
            wrong.append(f"the case itself: {report.generate_report()}")
        made = botocore.serialize.JSONSerializer().serialize_to_request(given, operation)
        theirs = {"path": made["url_path"], "query": [], "post": made["method"] == "POST",
                  "headers": {name.lower(): value for name, value in made["headers"].items()},
                  "body": json.loads(made["body"])}
        ours = {**answer, "body": json.loads(answer["body"]),
                "headers": {name.lower(): value for name, value in answer["headers"].items()}}
        if ours != theirs:
            wrong.append(f"{asked}\n  ours   {ours}\n  theirs {theirs}")
    with_botocore.finish("questions to the Price List", len(cases), wrong)


if __name__ == "__main__":
    main()
