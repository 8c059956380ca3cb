"""Misbehaviour on demand: which calls are to go wrong, and how."""

import dataclasses
import threading

KINDS = ("throttle", "capacity", "error", "late", "garbage", "drop_before", "drop_after", "drop_midway")


@dataclasses.dataclass
class Fault:
    action: str  # of EC2 or Lambda ...; "*" is any
    kind: str
    count: int = 1  # how many calls it is left for; -1: all
    after_s: float = 0.0  # waited before the answer, or before it goes wrong
    code: str = ""
    message: str = ""
    status: int = 0
    share: float = 1.0
    skip: int = 0  # calls let through first
    service: str = "*"
    parameters: dict = dataclasses.field(default_factory=dict)  # only calls with these, as {"InstanceType": "m5.large"}

    def __post_init__(self):
        if self.kind not in KINDS:
            raise ValueError(f"kind '{self.kind}' is not one of {', '.join(KINDS)}")
        if not 0 <= self.share <= 1:
            raise ValueError("share must be from 0 to 1")

    def meets(self, service, action, parameters):
        return (self.action in ("*", action) and self.service in ("*", service)
                and all(str(parameters.get(name)) == str(value) for name, value in self.parameters.items()))


class Faults:
    def __init__(self, draw):
        self._lock = threading.Lock()
        self._draw = draw
        self._faults = []

    def add(self, fault):
        with self._lock:
            self._faults.append(fault)

    def clear(self):
        with self._lock:
            self._faults.clear()

    def left(self):
        with self._lock:
            return [dataclasses.asdict(fault) for fault in self._faults]

    def take(self, service, action, parameters):
        """The first fault that falls on this call, or None; it is counted down."""
        with self._lock:
            for fault in self._faults:
                if not fault.meets(service, action, parameters):
                    continue
                if fault.skip > 0:
                    fault.skip -= 1
                    continue
                if self._draw.random() >= fault.share:
                    continue
                if fault.count > 0:
                    fault.count -= 1
                    if fault.count == 0:
                        self._faults.remove(fault)
                return fault
        return None
