"""Requests and answers as values."""

import dataclasses
import re
import uuid
from xml.sax.saxutils import escape

# What XML 1.0 cannot hold.
UNSPEAKABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclasses.dataclass
class Request:
    method: str
    path: str  # as it was sent, without the query
    query: str
    headers: list  # (name in lower case, value)
    body: bytes
    id: str = dataclasses.field(default_factory=lambda: str(uuid.uuid4()))

    def header(self, name):
        """The only value of the header, None without it; of several, all joined by commas."""
        values = [value for other, value in self.headers if other == name]
        return ",".join(values) if values else None


@dataclasses.dataclass
class Answer:
    status: int
    body: bytes = b""
    kind: str = "text/xml;charset=UTF-8"
    headers: dict = dataclasses.field(default_factory=dict)
    code: str = ""  # of a refusal, for the list of calls


def leaf(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    return escape(UNSPEAKABLE.sub("?", str(value)))


def xml_of(value):
    """The inside of an element: dictionaries by name, lists as items; None is left out."""
    if isinstance(value, dict):
        return "".join(f"<{name}>{xml_of(part)}</{name}>" for name, part in value.items() if part is not None)
    if isinstance(value, list):
        return "".join(f"<item>{xml_of(part)}</item>" for part in value)
    return leaf(value)


def document(root, namespace, inside):
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<{root} xmlns="{namespace}">{inside}</{root}>'.encode()
