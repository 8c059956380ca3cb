"""Service quotas: the few that decide how much may be launched or run at once."""

import base64

import estate
from keys import ACCOUNT
from refusal import Refusal
from service import JsonService
from shapes import Fields, Number, Text

SERVICE, CODE = Text(1, 63, pattern=r"[a-zA-Z][a-zA-Z0-9-]{1,63}"), Text(1, 128, pattern=r"[a-zA-Z][a-zA-Z0-9-]{1,128}")


def quota(world, code):
    service, name, _ = estate.QUOTAS[code]
    return {"ServiceCode": service, "ServiceName": {"ec2": "Amazon Elastic Compute Cloud (Amazon EC2)"}.get(
                service, "AWS Lambda"),
            "QuotaArn": f"arn:aws:servicequotas:{estate.REGION}:{ACCOUNT}:{service}/{code}", "QuotaCode": code,
            "QuotaName": name, "Value": world.quotas[code], "Unit": "None", "Adjustable": True, "GlobalQuota": False}


def known_service(service):
    if service not in {one for one, _, _ in estate.QUOTAS.values()}:
        raise Refusal("NoSuchResourceException", "The request failed because the specified service does not exist.")


def get_service_quota(world, asked):
    known_service(asked["ServiceCode"])
    if estate.QUOTAS.get(asked["QuotaCode"], ("",))[0] != asked["ServiceCode"]:
        raise Refusal("NoSuchResourceException", "The request failed because the specified quota does not exist.")
    return {"Quota": quota(world, asked["QuotaCode"])}


def list_service_quotas(world, asked):
    known_service(asked["ServiceCode"])
    codes = sorted(code for code, held in estate.QUOTAS.items() if held[0] == asked["ServiceCode"])
    if asked.get("NextToken"):
        try:
            start = codes.index(base64.b64decode(asked["NextToken"]).decode())
        except ValueError:
            raise Refusal("InvalidPaginationTokenException", "Invalid token was provided.") from None
        codes = codes[start:]
    most = asked.get("MaxResults", 100)
    token = base64.b64encode(codes[most].encode()).decode() if len(codes) > most else None
    return {"Quotas": [quota(world, code) for code in codes[:most]], **({"NextToken": token} if token else {})}


class Quotas(JsonService):
    name = "servicequotas"
    regions = (estate.REGION,)
    target = "ServiceQuotasV20190624"
    actions = {
        "GetServiceQuota": (Fields({"ServiceCode": SERVICE, "QuotaCode": CODE}, ("ServiceCode", "QuotaCode")),
                            get_service_quota),
        "ListServiceQuotas": (Fields({"ServiceCode": SERVICE, "MaxResults": Number(1, 100), "NextToken": Text(0, 2048)},
                                     ("ServiceCode",)), list_service_quotas),
    }
    wrong = "IllegalArgumentException"

    def throttled(self):
        return Refusal("TooManyRequestsException", "Due to throttling, the request was denied.")
