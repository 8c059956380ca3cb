"""Every answer of the server that botocore reads is also compared with botocore's model: nothing in it may be unknown.

botocore itself passes over elements that its model lacks, so that a misspelt one would look like an absent one.
"""

import functools
import json
import xml.etree.ElementTree

import botocore.session

SESSION = botocore.session.get_session()
WRONG = []  # what was found, for the check that looks at the end
SEEN = set()  # (service, action) of the answers that were compared
SERVICES = {"ec2": "ec2", "lambda": "lambda", "sts": "sts", "service-quotas": "service-quotas", "pricing": "pricing",
            "sso": "sso"}


@functools.lru_cache(maxsize=None)
def model_of(service):
    return SESSION.get_service_model(SERVICES[service])


def plain(element):
    return element.tag.rpartition("}")[2]


def walk_xml(shape, element, where):
    kind = shape.type_name
    if kind == "structure":
        members = {member.serialization.get("name", name): member for name, member in shape.members.items()}
        for child in element:
            if plain(child) not in members:
                WRONG.append(f"{where}: {plain(child)}")
            else:
                walk_xml(members[plain(child)], child, f"{where}.{plain(child)}")
    elif kind == "list":
        item = shape.member.serialization.get("name", "member")
        for child in element:
            if plain(child) != item:
                WRONG.append(f"{where}: {plain(child)} in a list of {item}")
            else:
                walk_xml(shape.member, child, where + "[]")
    elif len(element):
        WRONG.append(f"{where}: a {kind} with elements in it")


def walk_json(shape, value, where):
    kind = shape.type_name
    fits = {"structure": dict, "map": dict, "list": list, "string": str, "blob": str, "boolean": bool, "integer": int,
            "long": int, "double": (int, float), "float": (int, float), "timestamp": (str, int, float)}[kind]
    if not isinstance(value, fits):
        WRONG.append(f"{where}: {type(value).__name__} for a {kind}")
    elif kind == "structure":
        members = {member.serialization.get("name", name): member for name, member in shape.members.items()}
        for name, part in value.items():
            if name not in members:
                WRONG.append(f"{where}: {name}")
            else:
                walk_json(members[name], part, f"{where}.{name}")
    elif kind == "list":
        for part in value:
            walk_json(shape.member, part, where + "[]")


def check(event_name, response_dict, **_):
    """For botocore's event of a response."""
    _, service, action = event_name.split(".")
    if response_dict is None or response_dict["status_code"] >= 300 or service not in SERVICES:
        return
    SEEN.add((service, action))
    model = model_of(service)
    shape = model.operation_model(action).output_shape
    body = response_dict["body"]
    if shape is None or not body or action == "Invoke":
        return
    if model.protocol not in ("ec2", "query"):
        return walk_json(shape, json.loads(body), action)
    try:
        root = xml.etree.ElementTree.fromstring(body)
    except xml.etree.ElementTree.ParseError:
        return None  # garbage that a check asked for
    for child in list(root):
        if plain(child) in ("requestId", "ResponseMetadata"):
            root.remove(child)
    if model.protocol == "query":
        root = root[0]
    return walk_xml(shape, root, action)
