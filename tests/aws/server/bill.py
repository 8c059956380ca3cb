"""What all of it cost so far: counted in whole units, priced last."""

import math
import time
from decimal import Decimal

import prices

PROVISIONED_STEP_S = 300  # provisioned concurrency is billed from enabling to disabling, rounded up to so many seconds


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
    """What functions used: requests and MB-milliseconds, by architecture and whether on provisioned concurrency; what was
    kept provisioned, and what it took to initialise that."""

    def __init__(self):
        self.lines = {}
        self.kept = []  # [settings, environments, from, to or None], in seconds since 1970
        self.initialisations = []  # (settings, milliseconds)

    def keep(self, settings, environments):
        """So many are kept of this version from now on, in place of what was: another number begins anew."""
        now = time.time()
        for one in self.kept:
            if one[3] is None and one[0].arn == settings.arn:
                if one[1] == environments:
                    return
                one[3] = now
        if environments:
            self.kept.append([settings, environments, now, None])

    def initialise(self, settings, seconds):
        """Each initialisation for provisioned concurrency is billed as a run there, without a request."""
        self.initialisations.append((settings, math.ceil(seconds * 1000)))

    def bill_kept(self):
        made = []
        for settings, environments, begin, end in self.kept:
            steps = math.ceil(((end or time.time()) - begin) / PROVISIONED_STEP_S)
            seconds = steps * PROVISIONED_STEP_S * environments
            price = prices.PROVISIONED_GB_SECOND[settings.architecture]
            made.append({"function": settings.name, "version": settings.version, "environments": environments,
                         "seconds": seconds, "usd": price * seconds * settings.memory_mb / 1024})
        return made

    def bill_initialisations(self):
        made = []
        for settings, ms in self.initialisations:
            price = prices.PROVISIONED_RUN_GB_SECOND[settings.architecture]
            made.append({"function": settings.name, "version": settings.version, "billed_ms": ms,
                         "usd": price * ms * settings.memory_mb / 1024 / 1000})
        return made

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
    lines = {"instances": machines, "functions": world.meter.bill(), "provisioned": world.meter.bill_kept(),
             "initialisations": world.meter.bill_initialisations()}
    total = sum((line["usd"] for held in lines.values() for line in held), Decimal(0))
    return {**{name: [{**line, "usd": f"{line['usd']:.10f}"} for line in held] for name, held in lines.items()},
            "usd": f"{total:.10f}"}
