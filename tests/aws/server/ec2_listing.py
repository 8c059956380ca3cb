"""What all of EC2's Describe actions share: filters and pages."""

import base64
import hashlib
import hmac
import json

from policy import like
from refusal import Refusal

PAGE_KEY = b"pages of the test server"


def passes(filters, facts, tags):
    """Whether something passes all filters. `facts` has every filter's name and the values there (one or a list)."""
    for one in filters or []:
        name, wanted = one["Name"], one.get("Value", [])
        if name.startswith("tag:"):
            values = [tags[name[4:]]] if name[4:] in tags else []
        elif name == "tag-key":
            values = list(tags)
        elif name in facts:
            value = facts[name]
            values = value if isinstance(value, list) else [value]
        else:
            raise Refusal("InvalidParameterValue", f"The filter '{name}' is invalid")
        if not any(like(pattern, str(value)) for pattern in wanted for value in values):
            return False
    return True


def check_ids_or_pages(asking, ids, called):
    if asking.get(ids) and (asking.get("MaxResults") is not None or asking.get("NextToken") is not None):
        raise Refusal("InvalidParameterCombination", f"The parameter {called} cannot be used with the parameter "
                                                     "maxResults or nextToken")


def page(asking, items, otherwise=1000):
    """(the items of this page, the next token or None). Items are (position that only grows, what)."""
    same = json.dumps([asking.action, asking.get("Filter", [])])
    start, token, empty = 0, asking.get("NextToken"), False
    if token:
        try:
            plain = base64.b64decode(token, validate=True)
            held = json.loads(plain[32:])
        except ValueError:
            held, plain = None, b""
        proof = hmac.new(PAGE_KEY, plain[32:] + same.encode(), hashlib.sha256).digest()
        if held is None or not hmac.compare_digest(plain[:32], proof):
            raise Refusal("InvalidNextToken", "The specified NextToken is not valid.")
        start, empty = held["from"], held["empty"]
    left = [(position, what) for position, what in items if position >= start]
    most = asking.get("MaxResults") or otherwise
    # Now and then EC2 answers a page with nothing on it and yet a token: who stops at an empty page misses the rest.
    if asking.world.settings.empty_pages and not empty and left and asking.get("MaxResults"):
        return [], made(same, {"from": start, "empty": True})
    following = left[most][0] if len(left) > most else None
    return ([what for _, what in left[:most]],
            None if following is None else made(same, {"from": following, "empty": False}))


def made(same, held):
    plain = json.dumps(held).encode()
    return base64.b64encode(hmac.new(PAGE_KEY, plain + same.encode(), hashlib.sha256).digest() + plain).decode()


def tag_set(tags):
    return [{"key": key, "value": value} for key, value in tags.items()]
