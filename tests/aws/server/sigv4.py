"""Signature Version 4 of requests, verified: what the client signed is computed again from what arrived.

Written from AWS's description of the header form. Stricter than AWS where that finds mistakes: every x-amz- header and
the content type must be signed, and x-amz-content-sha256 must be right wherever it is sent.
"""

import calendar
import hashlib
import hmac
import re
import time
from urllib.parse import quote, unquote_to_bytes

TOLERANCE_S = 300
UNRESERVED = "-_.~"


class Unproven(Exception):
    """The sender is not who it says.

    `kind`: missing, incomplete, unknown_key, token, expired, late, scope or signature.
    """

    def __init__(self, kind, why):
        super().__init__(why)
        self.kind = kind
        self.why = why


def fields_of(authorization):
    scheme, _, rest = authorization.partition(" ")
    if scheme != "AWS4-HMAC-SHA256":
        raise Unproven("incomplete", f"Authorization is '{scheme[:40]}', not AWS4-HMAC-SHA256")
    fields = {}
    for part in rest.split(","):
        name, equals, value = part.strip().partition("=")
        if not equals or name in fields:
            raise Unproven("incomplete", f"Authorization header cannot be read at '{part.strip()[:40]}'")
        fields[name] = value
    if set(fields) != {"Credential", "SignedHeaders", "Signature"}:
        raise Unproven("incomplete", f"Authorization holds {', '.join(sorted(fields))}, not Credential, SignedHeaders "
                                     "and Signature")
    return fields


def service_of(request):
    """The service that the request says it is for, or None: not yet verified."""
    scope = re.search(r"Credential=[^/,]+/\d{8}/[^/]+/([a-z0-9-]+)/aws4_request", request.header("authorization") or "")
    return scope.group(1) if scope else None


def canonical_path(path, once):
    if once:
        return quote(unquote_to_bytes(path), safe="/" + UNRESERVED)
    kept = []
    for part in path.split("/"):
        if part == "..":
            kept[-1:] = []
        elif part not in ("", "."):
            kept.append(part)
    joined = "/" + "/".join(kept) + ("/" if kept and path.endswith("/") else "")
    return quote(joined, safe="/" + UNRESERVED)


def canonical_query(query):
    pairs = []
    for part in query.split("&") if query else []:
        name, _, value = part.partition("=")
        pairs.append(tuple(quote(unquote_to_bytes(side), safe=UNRESERVED) for side in (name, value)))
    return "&".join(f"{name}={value}" for name, value in sorted(pairs))


def body_hash(request, service):
    stated = request.header("x-amz-content-sha256")
    if service == "s3" and stated is None:
        raise Unproven("incomplete", "x-amz-content-sha256 is missing")
    if service == "s3" and stated == "UNSIGNED-PAYLOAD":
        return stated
    actual = hashlib.sha256(request.body).hexdigest()
    if stated is not None and stated != actual:
        raise Unproven("signature", "x-amz-content-sha256 is not the hash of the body that arrived")
    return actual


def check_signed(request, signed):
    if signed != sorted(set(signed)) or any(name != name.lower() for name in signed):
        raise Unproven("incomplete", "SignedHeaders must be lower case, sorted and without repeats")
    present = {name for name, _ in request.headers}
    for name in signed:
        if name not in present:
            raise Unproven("incomplete", f"'{name}' is signed but was not sent")
    for name in sorted(present):
        if (name in ("host", "content-type") or name.startswith("x-amz-")) and name not in signed:
            raise Unproven("incomplete", f"'{name}' was sent but is not signed")


def canonical_request(request, signed, service):
    lines = [request.method, canonical_path(request.path, service == "s3"), canonical_query(request.query)]
    for name in signed:
        values = [" ".join(value.split()) for other, value in request.headers if other == name]
        lines.append(f"{name}:{','.join(values)}")
    return "\n".join([*lines, "", ";".join(signed), body_hash(request, service)])


def signature(secret, day, region, service, moment, canonical):
    key = b"AWS4" + secret.encode()
    for part in (day, region, service, "aws4_request"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    scope = f"{day}/{region}/{service}/aws4_request"
    hashed = hashlib.sha256(canonical.encode("latin-1")).hexdigest()
    return hmac.new(key, f"AWS4-HMAC-SHA256\n{moment}\n{scope}\n{hashed}".encode(), hashlib.sha256).hexdigest()


def check_moment(request):
    moment = request.header("x-amz-date") or ""
    if not re.fullmatch(r"\d{8}T\d{6}Z", moment):
        raise Unproven("incomplete", f"x-amz-date is '{moment}', not YYYYMMDDTHHMMSSZ")
    try:
        sent = calendar.timegm(time.strptime(moment, "%Y%m%dT%H%M%SZ"))
    except ValueError:
        raise Unproven("incomplete", f"x-amz-date '{moment}' is no time") from None
    now = time.time()
    if abs(now - sent) > TOLERANCE_S:
        raise Unproven("late", f"Signature not current: {moment} is {round(now - sent)} s from now")
    return moment


def verify(request, service, regions, keys):
    """The principal that signed the request for `service` in one of `regions`. Raises Unproven."""
    authorization = request.header("authorization")
    if authorization is None:
        raise Unproven("missing", "the request has no Authorization header")
    fields = fields_of(authorization)
    scope = fields["Credential"].split("/")
    if len(scope) != 5 or scope[4] != "aws4_request":
        raise Unproven("incomplete", "Credential must be KEY/DATE/REGION/SERVICE/aws4_request")
    key_id, day, region, named, _ = scope
    moment = check_moment(request)
    if named != service or region not in regions or day != moment[:8]:
        raise Unproven("scope", f"Credential should be scoped to {moment[:8]}/{regions[0]}/{service}, not {day}/"
                                f"{region}/{named}")
    principal = keys.find(key_id)
    if principal is None:
        raise Unproven("unknown_key", "The security token included in the request is invalid.")
    if (request.header("x-amz-security-token") or "") != principal.token:
        raise Unproven("token", "The security token included in the request is invalid.")
    signed = fields["SignedHeaders"].split(";")
    check_signed(request, signed)
    expected = signature(principal.secret, day, region, service, moment, canonical_request(request, signed, service))
    if not hmac.compare_digest(expected, fields["Signature"]):
        raise Unproven("signature", "The request signature we calculated does not match the signature you provided.")
    if principal.expires < time.time():
        raise Unproven("expired", "The security token included in the request is expired")
    return principal
