"""What the instance types are and what they cost: one table for the bill, the price list and the spot history.

US dollars an hour in us-east-1, Linux, shared tenancy: list prices, and one spot price for each type. AWS's real ones
change; these do not, so that a bill can be checked to the cent.
"""

import dataclasses
from decimal import Decimal


@dataclasses.dataclass(frozen=True)
class InstanceType:
    name: str
    vcpus: int
    memory_mib: int
    on_demand: Decimal
    spot: Decimal
    architecture: str = "x86_64"
    burstable: bool = False


def row(name, vcpus, gib, on_demand, spot, architecture="x86_64", burstable=False):
    return InstanceType(name, vcpus, int(gib * 1024), Decimal(on_demand), Decimal(spot), architecture, burstable)


TYPES = {one.name: one for one in (
    row("m4.large", 2, 8, "0.1", "0.0411"), row("c4.large", 2, 3.75, "0.1", "0.0353"),
    row("c5.large", 2, 4, "0.085", "0.0377"), row("c5.xlarge", 4, 8, "0.17", "0.0837"),
    row("c5.2xlarge", 8, 16, "0.34", "0.1906"), row("c5.4xlarge", 16, 32, "0.68", "0.3097"),
    row("c5.9xlarge", 36, 72, "1.53", "0.6902"), row("m5.large", 2, 8, "0.096", "0.042"),
    row("m5.xlarge", 4, 16, "0.192", "0.0696"), row("m5.2xlarge", 8, 32, "0.384", "0.1594"),
    row("m5.4xlarge", 16, 64, "0.768", "0.3623"), row("r5.large", 2, 16, "0.126", "0.0502"),
    row("c6i.large", 2, 4, "0.085", "0.034"), row("c6i.xlarge", 4, 8, "0.17", "0.0776"),
    row("c6i.2xlarge", 8, 16, "0.34", "0.2129"), row("c6i.4xlarge", 16, 32, "0.68", "0.295"),
    row("m6i.large", 2, 8, "0.096", "0.0359"), row("m6i.xlarge", 4, 16, "0.192", "0.0738"),
    row("c6a.large", 2, 4, "0.0765", "0.034"), row("c6a.xlarge", 4, 8, "0.153", "0.068"),
    row("c6g.large", 2, 4, "0.068", "0.0402", "arm64"),
    row("t3.micro", 2, 1, "0.0104", "0.0031", burstable=True),
    row("t3.small", 2, 2, "0.0208", "0.0062", burstable=True),
    row("t3.medium", 2, 4, "0.0416", "0.0125", burstable=True),
    row("t3.large", 2, 8, "0.0832", "0.025", burstable=True),
    row("t3.xlarge", 4, 16, "0.1664", "0.0499", burstable=True),
    row("t3.2xlarge", 8, 32, "0.3328", "0.0998", burstable=True),
    row("t2.micro", 1, 1, "0.0116", "0.0035", burstable=True),
    row("t2.medium", 2, 4, "0.0464", "0.0139", burstable=True),
)}

# Lambda: a GB-second, a GB-second kept provisioned and one run on it, a request.
GB_SECOND = {"x86_64": Decimal("0.0000166667"), "arm64": Decimal("0.0000133334")}
PROVISIONED_GB_SECOND = {"x86_64": Decimal("0.0000041667"), "arm64": Decimal("0.0000033334")}
PROVISIONED_RUN_GB_SECOND = {"x86_64": Decimal("0.0000097222"), "arm64": Decimal("0.0000077778")}
REQUEST = Decimal("0.0000002")
