"""What requests may hold: a shape for each parameter, read from a query's pairs or from JSON, nothing taken on trust.

The self-test compares the shapes of every action with botocore's service models, so a name, a kind or a need that is
wrong here is found there.
"""

import base64
import binascii
import datetime
import re

from refusal import Misfit


class Text:
    kind = "string"

    def __init__(self, low=0, high=None, pattern=None, among=None):
        self.low, self.high, self.among = low, high, among
        self.pattern = re.compile(pattern) if pattern else None

    def read(self, value, name, _typed):
        if not isinstance(value, str):
            raise Misfit("type", name, "must be a string")
        if self.among is not None and value not in self.among:
            raise Misfit("value", name, f"'{value}' is not one of {', '.join(self.among)}")
        if len(value) < self.low or (self.high is not None and len(value) > self.high):
            raise Misfit("value", name, f"has {len(value)} characters, not {self.low} to {self.high}")
        if self.pattern and not self.pattern.fullmatch(value):
            raise Misfit("value", name, f"'{value[:80]}' does not match {self.pattern.pattern}")
        return value


class Number:
    kind = "integer"

    def __init__(self, low=None, high=None):
        self.low, self.high = low, high

    def read(self, value, name, typed):
        if typed:
            if not isinstance(value, int) or isinstance(value, bool):
                raise Misfit("type", name, "must be an integer")
        else:
            if not isinstance(value, str) or not re.fullmatch(r"-?[0-9]{1,18}", value):
                raise Misfit("type", name, f"'{value}' is not an integer")
            value = int(value)
        if (self.low is not None and value < self.low) or (self.high is not None and value > self.high):
            raise Misfit("value", name, f"{value} is not between {self.low} and {self.high}")
        return value


class Flag:
    kind = "boolean"

    def read(self, value, name, typed):
        if typed:
            if not isinstance(value, bool):
                raise Misfit("type", name, "must be true or false")
            return value
        if value not in ("true", "false"):
            raise Misfit("type", name, f"'{value}' is neither true nor false")
        return value == "true"


class Instant:
    """ISO 8601 in queries; answers seconds since 1970."""
    kind = "timestamp"

    def read(self, value, name, _typed):
        try:
            moment = datetime.datetime.fromisoformat(value.replace("Z", "+00:00"))
        except (ValueError, AttributeError):
            raise Misfit("type", name, f"'{value}' is not a time in ISO 8601") from None
        if moment.tzinfo is None:
            raise Misfit("type", name, f"'{value}' has no time zone")
        return moment.timestamp()


class Blob:
    """Base64 in queries and in JSON; answers bytes."""
    kind = "blob"

    def __init__(self, high=None):
        self.high = high

    def read(self, value, name, _typed):
        if not isinstance(value, str):
            raise Misfit("type", name, "must be base64")
        try:
            raw = base64.b64decode(value, validate=True)
        except (binascii.Error, ValueError):
            raise Misfit("type", name, "is not base64") from None
        if self.high is not None and len(raw) > self.high:
            raise Misfit("value", name, f"has {len(raw)} bytes, not at most {self.high}")
        return raw


class Many:
    kind = "list"

    def __init__(self, member, low=0, high=None):
        self.member, self.low, self.high = member, low, high

    def read(self, value, name, typed):
        if typed:
            if not isinstance(value, list):
                raise Misfit("type", name, "must be a list")
            parts = list(enumerate(value, 1))
        else:
            if not isinstance(value, dict):
                raise Misfit("unknown", name, f"is a list: {name}.1, {name}.2, ...")
            if sorted(value) != sorted(str(i) for i in range(1, len(value) + 1)):
                raise Misfit("value", name, f"must be numbered from 1 without gaps, not {', '.join(sorted(value))}")
            parts = [(i, value[str(i)]) for i in range(1, len(value) + 1)]
        if len(parts) < self.low or (self.high is not None and len(parts) > self.high):
            raise Misfit("value", name, f"has {len(parts)} members, not {self.low} to {self.high}")
        return [self.member.read(part, f"{name}.{i}", typed) for i, part in parts]


class Fields:
    kind = "structure"

    def __init__(self, members, needed=()):
        self.members, self.needed = members, needed

    def read(self, value, name, typed):
        if not isinstance(value, dict):
            raise Misfit("type", name, "must be a structure")
        prefix = f"{name}." if name else ""
        for member in value:
            if member not in self.members:
                raise Misfit("unknown", prefix + member, "is not known here")
        for member in self.needed:
            if member not in value:
                raise Misfit("missing", prefix + member, "is needed")
        return {member: self.members[member].read(part, prefix + member, typed) for member, part in value.items()}


class Table:
    """A map from any text to values of one shape (JSON only)."""
    kind = "map"

    def __init__(self, value):
        self.value = value

    def read(self, value, name, typed):
        if not isinstance(value, dict):
            raise Misfit("type", name, "must be a map")
        return {key: self.value.read(part, f"{name}.{key}", typed) for key, part in value.items()}


def tree(pairs):
    """Nested dictionaries from `A.1.B=c` pairs."""
    root = {}
    for name, value in pairs:
        at = root
        *way, last = name.split(".")
        for step in way:
            at = at.setdefault(step, {})
            if not isinstance(at, dict):
                raise Misfit("unknown", name, "is given both as a value and as a structure")
        if not last or last in at:
            raise Misfit("value", name, "is given twice" if last else "has an empty name")
        at[last] = value
    return root


def from_query(fields, pairs):
    return fields.read(tree(pairs), "", False)


def from_json(fields, value):
    return fields.read(value, "", True)
