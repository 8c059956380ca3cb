"""Lambda's REST API: reading requests, permissions, refusals. The actions are in lambda_*.py."""

import json
import re
from urllib.parse import parse_qsl, unquote

import estate
import lambda_concurrency
import lambda_functions
import lambda_invoke
import shapes
from keys import ACCOUNT
from lambda_shapes import BODIES, NAME, ROUTES
from message import Answer
from refusal import Misfit, Refusal
from service import Service

LONGEST = {"CreateFunction": 70167211, "UpdateFunctionCode": 70167211}
LOWER_CASE = ("ValidationException", "SerializationException", "UnrecognizedClientException", "AccessDeniedException",
              "InvalidSignatureException", "ExpiredTokenException", "IncompleteSignatureException",
              "MissingAuthenticationTokenException", "TooManyRequestsException", "UnknownOperationException")
ACTIONS = {**lambda_functions.ACTIONS, **lambda_concurrency.ACTIONS, "Invoke": lambda_invoke.invoke}


def route_of(request):
    """(action, the name or ARN in the path or None, the shape of the query, the query as far as it is not the route's)."""
    path, pairs = request.path.removesuffix("/"), request.query.split("&") if request.query else []
    for method, route, action, query in ROUTES:
        pattern, _, fixed = route.partition("?")
        found = re.fullmatch(re.escape(pattern).replace(r"\{\}", "([^/]+)"), path)
        if found and method == request.method and (not fixed or fixed in pairs):
            named = unquote(found.group(1), errors="strict") if found.groups() else None
            return action, named, query, "&".join(pair for pair in pairs if pair != fixed)
    raise Refusal("UnknownOperationException", f"{request.method} {request.path} is no operation of Lambda", 404)


class Lambda(Service):
    name = "lambda"
    regions = (estate.REGION,)

    def action_of(self, request):
        action, named, _, _ = route_of(request)
        parameters = dict(parse_qsl(request.query, keep_blank_values=True))
        if named is not None:
            parameters["Resource" if "tags/" in request.path else "FunctionName"] = named
        if action == "Invoke":
            parameters.update(payload_bytes=len(request.body),
                              **{name: value for name, value in request.headers if name in lambda_invoke.HEADERS})
        elif request.body:
            try:
                body = json.loads(request.body)
            except ValueError:
                body = {"not": "JSON"}
            for held in (body, body.get("Code", {})) if isinstance(body, dict) else ():
                if isinstance(held, dict) and isinstance(held.get("ZipFile"), str):
                    held["ZipFile"] = f"({len(held['ZipFile'])} characters)"
            parameters["body"] = body
        return action, parameters

    def perform(self, action, request, principal, call):
        asking = Asking(self.world, action, request, principal, *self._read(action, request))
        made = ACTIONS[action](asking)
        if isinstance(made, Answer):
            made.headers.setdefault("x-amzn-RequestId", request.id)
            return made
        status, value = made
        return Answer(status, b"" if value is None else json.dumps(value).encode(), "application/json",
                      {"x-amzn-RequestId": request.id})

    def _read(self, action, request):
        """(the name in the path, query parameters, body), each checked."""
        _, named, query, given = route_of(request)
        most = LONGEST.get(action, 6 << 20)
        if action != "Invoke" and len(request.body) > most:
            raise Refusal("RequestEntityTooLargeException", f"Request must be smaller than {most} bytes for the "
                                                            f"{action} operation", 413)
        body = {}
        try:
            if named is not None and "tags/" not in request.path:
                NAME.read(named, "functionName", True)
            asked = shapes.from_query(query, parse_qsl(given, keep_blank_values=True, strict_parsing=True)
                                      if given else [])
            if action in BODIES:
                try:
                    held = json.loads(request.body or b"{}")
                except ValueError:
                    raise Refusal("SerializationException", "Could not parse request body into json") from None
                body = shapes.from_json(BODIES[action], held)
            elif request.body and action != "Invoke":
                raise Refusal("SerializationException", f"{action} has no body")
        except Misfit as misfit:
            code = "SerializationException" if misfit.kind == "type" else "ValidationException"
            raise Refusal(code, f"1 validation error detected: at '{misfit.name}': {misfit.why}") from None
        except ValueError:
            raise Refusal("ValidationException", "the query string is not in the form NAME=VALUE&...") from None
        return named, asked, body

    def refusal(self, refused, request_id):
        if refused.code in LOWER_CASE:
            body = {"message": refused.message, **refused.more}
        else:
            body = {"Type": "Service" if refused.status >= 500 else "User", "Message": refused.message, **refused.more}
        headers = {"x-amzn-RequestId": request_id, "x-amzn-ErrorType": refused.code}
        if refused.status == 429:
            headers["Retry-After"] = "1"
        return Answer(refused.status, json.dumps(body).encode(), "application/json", headers, refused.code)

    def unproven(self, kind, why):
        codes = {"missing": "MissingAuthenticationTokenException", "incomplete": "IncompleteSignatureException",
                 "unknown_key": "UnrecognizedClientException", "token": "UnrecognizedClientException",
                 "expired": "ExpiredTokenException"}
        return Refusal(codes.get(kind, "InvalidSignatureException"), why, 403)

    def throttled(self):
        return Refusal("TooManyRequestsException", "Rate exceeded", 429, Reason="CallerRateLimitExceeded", Type="User")

    def no_capacity(self):
        return lambda_invoke.too_many("ConcurrentInvocationLimitExceeded")

    def broken(self):
        return Refusal("ServiceException", "An error occurred and the request cannot be processed.", 500)


class Asking:
    """One request as an action sees it."""

    def __init__(self, world, action, request, principal, named, query, body):
        self.world, self.action, self.request, self.principal = world, action, request, principal
        self.named, self.query, self.body = named, query, body

    def may(self, resource="*", action=None, **keys):
        action = action or "lambda:" + {"Invoke": "InvokeFunction"}.get(self.action, self.action)
        context = {"aws:RequestedRegion": estate.REGION, **keys.get("keys", {})}
        why = self.world.refused_because(self.principal, action, resource, context)
        if why:
            raise Refusal("AccessDeniedException", f"User: {self.principal.arn} is not authorized to perform: {action} "
                          f"on resource: {resource} {why}", 403)

    def name_and_qualifier(self):
        """What the path and the query say: the function's plain name, and its qualifier or None."""
        named, qualifier = self.named, self.query.get("Qualifier")
        if named.startswith("arn:"):
            parts = named.split(":")
            if parts[3:5] != [estate.REGION, ACCOUNT] or parts[5] != "function" or len(parts) not in (7, 8):
                raise Refusal("AccessDeniedException", f"User: {self.principal.arn} is not authorized to perform: "
                              f"lambda:{self.action} on resource: {named}", 403)
            named = ":".join(parts[6:])
        else:
            named = re.sub(rf"^({ACCOUNT}:)?(function:)?", "", named)
        name, _, inside = named.partition(":")
        if inside and qualifier and inside != qualifier:
            raise Refusal("InvalidParameterValueException", "The derived qualifier from the function name does not "
                                                            "match the specified qualifier.")
        return name, qualifier or inside or None

    def function(self):
        """(function, version): both must be there, and the principal may do the action to it."""
        name, qualifier = self.name_and_qualifier()
        arn = lambda_functions.arn_of(name) + (f":{qualifier}" if qualifier else "")
        found = self.world.functions.get(name)
        tags = found.tags if found else {}
        self.may(arn, keys={f"aws:ResourceTag/{key}": value for key, value in tags.items()})
        if found is None or (qualifier not in (None, "$LATEST") and qualifier not in found.versions):
            raise Refusal("ResourceNotFoundException", f"Function not found: {arn}", 404)
        return found, qualifier or "$LATEST"
