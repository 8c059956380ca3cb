"""What the checks of a whole deployment share: a catalog of things to buy on AWS, and waiting."""

import os
import pathlib
import time

SOURCE = pathlib.Path(__file__).resolve().parent.parent.parent
# A call is given up, and made once more, when it outlasts twice its start. Far more is stated here than a start takes
# beside other tests on a slow machine, so that what is called and billed can be counted exactly.
COLD_START_S = 8
PRICES = {"c5.large": 0.085, "m5.large": 0.096, "c5.9xlarge": 1.53}  # dollars an hour, as tests/aws/server has them
CATALOG = """paragon: 1
include: {garment}
machine_offers:
{offers}
function_offers:
  - {{name: lambda-1769mb, memory_mb: 1769, price_usd_per_gb_second: 0.0000166667, price_usd_per_call: 0.0000002,
     provisioned_usd_per_gb_second: 0.0000041667, provisioned_run_usd_per_gb_second: 0.0000097222,
     cold_start_s: {start}}}
"""


def write_catalog(folder, *kinds):
    """The shipped garment networks, machines of these types and a function, as catalog.yaml in the folder."""
    offers = "\n".join(f"  - {{name: {kind}, vcpus: 2, memory_gib: 4, price_usd_per_hour: {PRICES[kind]}, "
                       "provisioning_delay_s: 2}" for kind in kinds)
    garment = os.path.relpath(SOURCE / "data/garment/catalog.yaml", folder)
    (folder / "catalog.yaml").write_text(CATALOG.format(garment=garment, offers=offers, start=COLD_START_S))


def until(what, when, patience_s=60):
    end = time.monotonic() + patience_s
    while time.monotonic() < end:
        if when():
            return
        time.sleep(0.1)
    raise AssertionError(f"not within {patience_s} s: {what}")
