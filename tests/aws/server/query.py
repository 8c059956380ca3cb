"""Requests of AWS's query protocols, which EC2 and STS speak: a form, or a URL, of names and values."""

from urllib.parse import parse_qsl

from refusal import Refusal


def pairs_of(request):
    """The name and value pairs of a query request, from its form or its URL."""
    if request.path != "/":
        raise Refusal("InvalidAction", f"The path of a query request is /, not {request.path}")
    if request.method == "POST":
        if (request.header("content-type") or "").replace(" ", "").lower() not in (
                "application/x-www-form-urlencoded", "application/x-www-form-urlencoded;charset=utf-8"):
            raise Refusal("MalformedQueryString", "Content-Type must be application/x-www-form-urlencoded")
        if request.query:
            raise Refusal("MalformedQueryString", "A form's parameters belong in the body, not in the URL")
        text = request.body
    elif request.method == "GET":
        text = request.query.encode()
    else:
        raise Refusal("InvalidAction", f"Method {request.method} is not one of GET and POST", 405)
    try:
        pairs = parse_qsl(text.decode("ascii"), keep_blank_values=True, strict_parsing=True, errors="strict")
    except ValueError:
        raise Refusal("MalformedQueryString", "The query string is not in the form NAME=VALUE&...") from None
    names = [name for name, _ in pairs]
    for name in names:
        if names.count(name) > 1:
            raise Refusal("MalformedQueryString", f"The parameter {name} is given {names.count(name)} times")
    return pairs


def action_of(request, version, actions):
    """(action, the other pairs) of a request, where the version and the action are known."""
    pairs = dict(pairs_of(request))
    action = pairs.pop("Action", None)
    if action is None:
        raise Refusal("MissingAction", "The request is missing an action or a required parameter")
    if action not in actions:
        raise Refusal("InvalidAction", f"The action {action} is not valid for this web service.")
    if pairs.pop("Version", None) != version:
        raise Refusal("NoSuchVersion", f"The requested version is not {version}")
    return action, pairs
