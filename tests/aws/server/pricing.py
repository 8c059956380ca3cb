"""The price list: products of EC2 and Lambda in the shape in which AWS lists them, at the prices of the bill.

Beside each product that is wanted there are some that only a careful filter leaves out: other operating systems,
tenancies and capacity, another region, other groups of Lambda.
"""

import base64
import hashlib
import json
from decimal import Decimal

import estate
import prices
from refusal import Refusal
from service import JsonService
from shapes import Fields, Many, Number, Text

PLACES = {"us-east-1": ("US East (N. Virginia)", "", Decimal(1)),
          "eu-central-1": ("EU (Frankfurt)", "EUC1-", Decimal("1.2"))}
FILTER = Fields({"Type": Text(among=("TERM_MATCH", "EQUALS", "CONTAINS", "ANY_OF", "NONE_OF")), "Field": Text(1, 1024),
                 "Value": Text(1, 1024)}, ("Type", "Field", "Value"))


def product(service, family, attributes, tiers, unit):
    """One text of a price list. `tiers`: (from, to, dollars, description)."""
    sku = hashlib.sha256(json.dumps([service, attributes], sort_keys=True).encode()).hexdigest()[:16].upper()
    term = f"{sku}.JRTCKXETXF"
    dimensions = {}
    for number, (begin, end, dollars, description) in enumerate(tiers):
        code = f"{term}.{'6YS6EN2CT7' if number == 0 else f'TIER{number:06d}'}"
        dimensions[code] = {"unit": unit, "endRange": end, "description": description, "appliesTo": [],
                            "rateCode": code, "beginRange": begin, "pricePerUnit": {"USD": f"{dollars:.10f}"}}
    return {"product": {"productFamily": family, "attributes": attributes, "sku": sku}, "serviceCode": service,
            "terms": {"OnDemand": {term: {"priceDimensions": dimensions, "sku": sku, "effectiveDate":
                                          "2026-02-01T00:00:00Z", "offerTermCode": "JRTCKXETXF",
                                          "termAttributes": {}}}},
            "version": "20260201000000", "publicationDate": "2026-02-01T00:00:00Z"}


def machine(kind, region, system="Linux", tenancy="Shared", capacity="Used", times=1, software="NA"):
    location, prefix, dearer = PLACES[region]
    usage = {"Used": "BoxUsage", "UnusedCapacityReservation": "UnusedBox"}.get(capacity, "Reservation")
    usage = usage if tenancy == "Shared" else "DedicatedUsage"
    dollars = Decimal(0) if capacity == "AllocatedCapacityReservation" else kind.on_demand * dearer * Decimal(times)
    memory = Decimal(kind.memory_mib) / 1024
    attributes = {
        "servicecode": "AmazonEC2", "servicename": "Amazon Elastic Compute Cloud", "location": location,
        "locationType": "AWS Region", "regionCode": region, "instanceType": kind.name, "currentGeneration": "Yes",
        "instanceFamily": "Compute optimized" if kind.name[0] == "c" else "General purpose", "vcpu": str(kind.vcpus),
        "memory": f"{memory.normalize():f} GiB", "storage": "EBS only", "tenancy": tenancy, "operatingSystem": system,
        "licenseModel": "No License required", "preInstalledSw": software, "capacitystatus": capacity,
        "usagetype": f"{prefix}{usage}:{kind.name}", "operation": "RunInstances" if system == "Linux"
        else "RunInstances:0002", "marketoption": "OnDemand",
        "processorArchitecture": "64-bit", "physicalProcessor": "AWS Graviton2 Processor"
        if kind.architecture == "arm64" else "Intel Xeon"}
    return product("AmazonEC2", "Compute Instance", attributes, [
        ("0", "Inf", dollars, f"${dollars} per On Demand {system} {kind.name} Instance Hour")], "Hrs")


def machines():
    for region in PLACES:
        for kind in prices.TYPES.values():
            yield machine(kind, region)
            yield machine(kind, region, system="Windows", times=2)
            yield machine(kind, region, tenancy="Dedicated", times="1.06")
            yield machine(kind, region, capacity="UnusedCapacityReservation")
            yield machine(kind, region, capacity="AllocatedCapacityReservation")
            yield machine(kind, region, software="SQL Web", times="1.7")


def function(region, group, usage, description, tiers, unit):
    location, prefix, _ = PLACES[region]
    attributes = {"servicecode": "AWSLambda", "servicename": "AWS Lambda", "location": location, "locationType":
                  "AWS Region", "regionCode": region, "group": group, "groupDescription": description,
                  "usagetype": prefix + usage, "operation": ""}
    return product("AWSLambda", "Serverless", attributes, tiers, unit)


def functions():
    """Duration has three tiers, the dearest first; the bill here never leaves the first."""
    for region in PLACES:
        for architecture, tail, step in (("x86_64", "", 6_000_000_000), ("arm64", "-ARM", 7_500_000_000)):
            first = prices.GB_SECOND[architecture]
            edges = ["0", str(step), str(step * 5 // 2), "Inf"]
            tiers = [(edges[i], edges[i + 1], first * part, f"AWS Lambda - Total Compute{tail} - Tier-{i + 1}")
                     for i, part in enumerate((Decimal(1), Decimal("0.9"), Decimal("0.8")))]
            # AWS lists them in no order.
            yield function(region, "AWS-Lambda-Duration" + tail, "Lambda-GB-Second" + tail,
                           "Duration of the function", tiers[::-1], "Lambda-GB-Second")
            yield function(region, "AWS-Lambda-Requests" + tail, "Request" + tail,
                           "Invocation call for a Lambda function", [
                               ("0", "Inf", prices.REQUEST, f"AWS Lambda - Total Requests{tail}")], "Requests")
            yield function(region, "AWS-Lambda-Duration-Provisioned" + tail, "Lambda-Provisioned-GB-Second" + tail,
                           "Duration of the function on provisioned concurrency",
                           [("0", "Inf", prices.PROVISIONED_RUN_GB_SECOND[architecture], "Provisioned duration")],
                           "Lambda-GB-Second")
            yield function(region, "AWS-Lambda-Provisioned-Concurrency" + tail, "Lambda-Provisioned-Concurrency" + tail,
                           "Concurrency that is kept provisioned",
                           [("0", "Inf", prices.PROVISIONED_GB_SECOND[architecture], "Provisioned concurrency")],
                           "Lambda-GB-Second")


PRODUCTS = {"AmazonEC2": list(machines()), "AWSLambda": list(functions())}


def meets(one, wanted):
    attributes = {**one["product"]["attributes"], "productFamily": one["product"]["productFamily"],
                  "sku": one["product"]["sku"], "ServiceCode": one["serviceCode"]}
    value, listed = attributes.get(wanted["Field"]), wanted["Value"].split(",")
    if value is None:
        return wanted["Type"] == "NONE_OF"
    return {"TERM_MATCH": value == wanted["Value"], "EQUALS": value == wanted["Value"],
            "CONTAINS": wanted["Value"] in value, "ANY_OF": value in listed,
            "NONE_OF": value not in listed}[wanted["Type"]]


def get_products(_world, asked):
    if asked["ServiceCode"] not in PRODUCTS:
        raise Refusal("NotFoundException", f"The service '{asked['ServiceCode']}' is not in the price list")
    if asked.get("FormatVersion", "aws_v1") != "aws_v1":
        raise Refusal("InvalidParameterException", "FormatVersion must be aws_v1")
    found = [one for one in PRODUCTS[asked["ServiceCode"]]
             if all(meets(one, each) for each in asked.get("Filters", []))]
    same = hashlib.sha256(json.dumps([asked["ServiceCode"], asked.get("Filters", [])]).encode()).hexdigest()[:16]
    start, most = 0, asked.get("MaxResults", 100)
    if asked.get("NextToken"):
        try:
            proof, _, place = base64.b64decode(asked["NextToken"] + "==").decode("latin-1").partition(":")
        except ValueError:
            proof = place = ""
        if proof != same or not place.isdigit():
            raise Refusal("InvalidNextTokenException", "The pagination token is invalid.")
        start = int(place)
    answer = {"FormatVersion": "aws_v1", "PriceList": [json.dumps(one) for one in found[start:start + most]]}
    if start + most < len(found):
        answer["NextToken"] = base64.b64encode(f"{same}:{start + most}".encode()).decode().rstrip("=")
    return answer


class Pricing(JsonService):
    name = "pricing"
    regions = (estate.REGION, "eu-central-1", "ap-south-1")
    target = "AWSPriceListService"
    actions = {"GetProducts": (Fields({"ServiceCode": Text(1), "Filters": Many(FILTER, 0, 50), "MaxResults":
                                       Number(1, 100), "FormatVersion": Text(1, 32), "NextToken": Text()},
                                      ("ServiceCode",)), get_products)}
    wrong = "InvalidParameterException"
