"""The way of every call: who asks, what for, whether it is to go wrong, what is done, what is answered."""

import json
import time

import shapes
import sigv4
from message import Answer
from refusal import Misfit, Refusal


class Service:
    """What the services have in common. Each answers in its own words."""
    name = ""
    regions = ()

    def __init__(self, world):
        self.world = world

    def action_of(self, request):
        """(action, parameters for the list of calls). Raises Refusal."""
        raise NotImplementedError

    def perform(self, action, request, principal, call):
        raise NotImplementedError

    def needs_signature(self, _action):
        return True

    def refusal(self, refused, request_id):
        raise NotImplementedError

    def unproven(self, kind, why):
        raise NotImplementedError

    def throttled(self):
        raise NotImplementedError

    def no_capacity(self):
        return Refusal("InsufficientInstanceCapacity", "We currently do not have sufficient capacity.", 500)

    def broken(self):
        raise NotImplementedError


class JsonService(Service):
    """AWS's JSON 1.1: the action in x-amz-target, errors as {"__type", "message"}."""
    target = ""
    actions = {}  # name to (shape, function of the world and the parameters)
    wrong = "ValidationException"

    def action_of(self, request):
        if request.method != "POST" or request.path != "/":
            raise Refusal("UnknownOperationException", "JSON 1.1 is spoken by POST to /", 404)
        if request.header("content-type") != "application/x-amz-json-1.1":
            raise Refusal("SerializationException", "Content-Type must be application/x-amz-json-1.1")
        prefix, _, action = (request.header("x-amz-target") or "").partition(".")
        if prefix != self.target or action not in self.actions:
            raise Refusal("UnknownOperationException", f"'{request.header('x-amz-target')}' is not known")
        try:
            return action, json.loads(request.body)
        except ValueError:
            raise Refusal("SerializationException", "the body is not JSON") from None

    def refusal(self, refused, request_id):
        body = json.dumps({"__type": refused.code, "message": refused.message, **refused.more}).encode()
        return Answer(refused.status, body, "application/x-amz-json-1.1", {"x-amzn-RequestId": request_id},
                      refused.code)

    def perform(self, action, request, principal, call):
        shape, do = self.actions[action]
        try:
            parameters = shapes.from_json(shape, call.parameters)
        except Misfit as misfit:
            raise Refusal("SerializationException" if misfit.kind == "type" else self.wrong,
                          f"{misfit.name}: {misfit.why}") from None
        why = self.world.refused_because(principal, f"{self.name}:{action}", "*", {})
        if why:
            raise Refusal("AccessDeniedException", f"User: {principal.arn} is not authorized to perform: "
                                                   f"{self.name}:{action} {why}")
        with self.world.lock:
            value = do(self.world, parameters)
        return Answer(200, json.dumps(value).encode(), "application/x-amz-json-1.1", {"x-amzn-RequestId": request.id})

    def unproven(self, kind, why):
        codes = {"missing": "MissingAuthenticationTokenException", "incomplete": "IncompleteSignatureException",
                 "unknown_key": "UnrecognizedClientException", "token": "UnrecognizedClientException",
                 "expired": "ExpiredTokenException"}
        return Refusal(codes.get(kind, "InvalidSignatureException"), why)

    def throttled(self):
        return Refusal("ThrottlingException", "Rate exceeded")

    def broken(self):
        return Refusal("InternalServerException", "An internal error occurred.", 500)


def faulty_answer(service, fault, request):
    """The answer of a fault that keeps the call from being carried out; None for those that do not."""
    refused = {"throttle": service.throttled, "capacity": service.no_capacity,
               "error": service.broken}.get(fault.kind, lambda: None)()
    if refused is None:
        return None
    if fault.code:
        refused = Refusal(fault.code, fault.message or "As the test asked for.", fault.status or 400)
    refused.status = fault.status or refused.status
    return service.refusal(refused, request.id)


def serve(service, request):
    """(answer, how much of it is sent: "all", "half" or "none")."""
    world = service.world
    call = world.call(service.name, request.id)
    fault = None
    try:
        call.action, call.parameters = service.action_of(request)
        principal = None
        if service.needs_signature(call.action):
            principal = sigv4.verify(request, service.name, service.regions, world.keys)
            call.key = principal.key
        plain = call.parameters if isinstance(call.parameters, dict) else {}
        fault = world.faults.take(service.name, call.action, plain)
        if fault:
            call.fault = fault.kind
            answer = faulty_answer(service, fault, request)
            if answer is not None or fault.kind == "drop_before":
                time.sleep(fault.after_s)
        if not fault or (answer is None and fault.kind != "drop_before"):
            answer = service.perform(call.action, request, principal, call)
    except sigv4.Unproven as why:
        answer = service.refusal(service.unproven(why.kind, why.why), request.id)
    except Refusal as refused:
        answer = service.refusal(refused, request.id)
    if answer is None:
        return None, "none"
    call.status, call.code = answer.status, answer.code
    if not fault or fault.kind in ("throttle", "capacity", "error"):
        return answer, "all"
    time.sleep(fault.after_s)
    if fault.kind == "garbage":
        return Answer(200, b"\x00\xff<<{not what you asked for", answer.kind), "all"
    return answer, {"drop_after": "none", "drop_midway": "half"}.get(fault.kind, "all")
