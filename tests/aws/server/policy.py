"""IAM policies as far as the server's actions need them: an explicit deny wins, then an allow, else no.

A policy that holds anything not understood here is refused when it is given, never read as an allow.
"""

import re

STATEMENT = {"Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition"}


def as_list(value):
    return value if isinstance(value, list) else [value]


def like(pattern, text, ignore_case=False):
    parts = re.split(r"([*?])", pattern)
    regex = "".join({"*": ".*", "?": "."}.get(part, re.escape(part)) for part in parts)
    return re.fullmatch(regex, text, re.IGNORECASE | re.DOTALL if ignore_case else re.DOTALL) is not None


def same(wanted, value):
    return wanted == value


def same_in_any_case(wanted, value):
    return wanted.lower() == value.lower()


OPERATORS = {
    "StringEquals": (same, False), "StringNotEquals": (same, True),
    "StringEqualsIgnoreCase": (same_in_any_case, False), "StringLike": (like, False), "StringNotLike": (like, True),
    "ArnEquals": (like, False), "ArnLike": (like, False), "Bool": (same_in_any_case, False),
}


def operator_of(name):
    """(comparison, negated, if_exists, quantifier) of a condition operator, or ValueError."""
    quantifier, _, rest = name.rpartition(":")
    if quantifier not in ("", "ForAllValues", "ForAnyValue"):
        raise ValueError(f"condition operator '{name}' is not understood")
    if_exists = rest.endswith("IfExists")
    base = rest[:-len("IfExists")] if if_exists else rest
    if base == "Null" and not quantifier and not if_exists:
        return None, False, False, ""
    if base not in OPERATORS:
        raise ValueError(f"condition operator '{name}' is not understood")
    return (*OPERATORS[base], if_exists, quantifier)


def check(document):
    """Raises ValueError, with the place, where the document is not a policy that is understood here."""
    if not isinstance(document, dict) or set(document) - {"Version", "Id", "Statement"}:
        raise ValueError("a policy is an object of Version, Id and Statement")
    if document.get("Version") != "2012-10-17":
        raise ValueError("Version must be 2012-10-17")
    for number, statement in enumerate(as_list(document.get("Statement", [])), 1):
        where = f"statement {number}"
        if not isinstance(statement, dict) or set(statement) - STATEMENT:
            raise ValueError(f"{where}: only {', '.join(sorted(STATEMENT))} are understood")
        if statement.get("Effect") not in ("Allow", "Deny"):
            raise ValueError(f"{where}: Effect must be Allow or Deny")
        for one, other in (("Action", "NotAction"), ("Resource", "NotResource")):
            if (one in statement) == (other in statement):
                raise ValueError(f"{where}: one of {one} and {other} is needed")
        for operator, wanted in statement.get("Condition", {}).items():
            try:
                operator_of(operator)
            except ValueError as why:
                raise ValueError(f"{where}: {why}") from None
            if not isinstance(wanted, dict):
                raise ValueError(f"{where}: {operator} must hold keys and values")


def holds(operator, wanted, values):
    """Whether one key's condition holds; `values` is None where the request has no such key."""
    comparison, negated, if_exists, quantifier = operator_of(operator)
    if comparison is None:
        return (values is None) == (str(as_list(wanted)[0]).lower() == "true")
    if values is None:
        return if_exists or negated or quantifier == "ForAllValues"
    # A value agrees when it is any of the wanted ones; negated, when it is none of them.
    agree = [any(comparison(str(one), value) for one in as_list(wanted)) != negated for value in values]
    return any(agree) if quantifier == "ForAnyValue" else all(agree)


def conditions_hold(statement, context):
    keys = {key.lower(): value for key, value in context.items()}
    for operator, block in statement.get("Condition", {}).items():
        for key, wanted in block.items():
            value = keys.get(key.lower())
            if not holds(operator, wanted, None if value is None else [str(one) for one in as_list(value)]):
                return False
    return True


def applies(statement, action, resource, context):
    for name, negated in (("Action", False), ("NotAction", True)):
        if name in statement and any(like(one, action, True) for one in as_list(statement[name])) == negated:
            return False
    for name, negated in (("Resource", False), ("NotResource", True)):
        if name in statement and any(like(one, resource) for one in as_list(statement[name])) == negated:
            return False
    return conditions_hold(statement, context)


def refused_because(document, action, resource, context):
    """None where the policy lets `action` be done to `resource`, else AWS's words for why it does not."""
    effects = {statement["Effect"] for statement in as_list(document["Statement"])
               if applies(statement, action, resource, context)}
    if "Deny" in effects:
        return f"with an explicit deny in an identity-based policy: {action}"
    return None if "Allow" in effects else f"because no identity-based policy allows the {action} action"
