"""What all of it cost so far: counted in whole units, priced last."""

import time
from decimal import Decimal

import prices


def billed_seconds(instance, now_ms):
    """Seconds from running to the end, each run rounded up and at least the minimum. Pending costs nothing.

    The end is when the instance leaves `running`: AWS does not bill shutting-down.
    """
    total = 0
    for begin, end in instance.billed_ms:
        seconds = -((begin - (now_ms if end is None else end)) // 1000)
        total += max(round(instance.world.settings.minimum_billed_s), seconds)
    return total


def instances(world, now_ms):
    lines = {}
    for one in world.instances.values():
        seconds = billed_seconds(one, now_ms)
        if seconds:
            line = lines.setdefault((one.facts.type.name, one.facts.market), {"instances": 0, "seconds": 0})
            line["instances"] += 1
            line["seconds"] += seconds
    made = []
    for (name, market), line in sorted(lines.items()):
        price = getattr(prices.TYPES[name], market.replace("-", "_"))
        made.append({"type": name, "market": market, **line, "usd_per_hour": str(price),
                     "usd": price * line["seconds"] / 3600})
    return made


class Meter:
    """What functions used: requests and MB-milliseconds, by architecture and whether on provisioned concurrency."""

    def __init__(self):
        self.lines = {}

    def add(self, settings, provisioned, billed_ms):
        line = self.lines.setdefault((settings.name, settings.architecture, provisioned),
                                     {"requests": 0, "billed_ms": 0, "mb_ms": 0})
        line["requests"] += 1
        line["billed_ms"] += billed_ms
        line["mb_ms"] += billed_ms * settings.memory_mb

    def bill(self):
        made = []
        for (name, architecture, provisioned), line in sorted(self.lines.items()):
            price = (prices.PROVISIONED_RUN_GB_SECOND if provisioned else prices.GB_SECOND)[architecture]
            made.append({"function": name, "architecture": architecture, "provisioned": provisioned, **line,
                         "gb_ms": str(Decimal(line["mb_ms"]) / 1024),
                         "usd": price * line["mb_ms"] / 1024 / 1000 + prices.REQUEST * line["requests"]})
        return made


def bill(world):
    now_ms = round(time.time() * 1000)
    machines = instances(world, now_ms)
    functions = world.meter.bill()
    total = sum((line["usd"] for line in machines + functions), Decimal(0))
    return {"instances": [{**line, "usd": f"{line['usd']:.10f}"} for line in machines],
            "functions": [{**line, "usd": f"{line['usd']:.10f}"} for line in functions], "usd": f"{total:.10f}"}
