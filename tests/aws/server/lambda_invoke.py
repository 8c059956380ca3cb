"""Invoke: one event to one environment, within the limits of concurrency, size and time."""

import base64
import json
import math

from lambda_concurrency import account_limit, replace, reserved_in_all
from lambda_functions import wrong
from message import Answer
from refusal import Refusal

HEADERS = ("x-amz-invocation-type", "x-amz-log-type", "x-amz-client-context")
EVENT_MOST = 6291456
LOG_TAIL = 4096


def too_many(reason):
    return Refusal("TooManyRequestsException", "Rate Exceeded.", 429, Reason=reason, Type="User")


def checked_event(asking):
    event = asking.request.body
    if len(event) > EVENT_MOST:
        raise Refusal("RequestEntityTooLargeException", f"Request must be smaller than {EVENT_MOST} bytes for the "
                                                        "InvokeFunction operation", 413)
    try:
        json.loads(event or b"{}")
    except ValueError as why:
        raise Refusal("InvalidRequestContentException", f"Could not parse request body into json: {why}") from None
    return event or b"{}"


def reserve(world, function):
    """Counts the invocation in, or refuses it by the limits of concurrency."""
    if function.reserved is not None:
        if function.in_flight >= function.reserved:
            function.throttled += 1
            raise too_many("ReservedFunctionConcurrentInvocationLimitExceeded")
    else:
        used = sum(one.in_flight for one in world.functions.values() if one.reserved is None)
        if used >= account_limit(world) - reserved_in_all(world):
            function.throttled += 1
            raise too_many("ConcurrentInvocationLimitExceeded")
    function.in_flight += 1
    function.invocations += 1


def invoke(asking):
    world, request = asking.world, asking.request
    kind = request.header("x-amz-invocation-type") or "RequestResponse"
    log = request.header("x-amz-log-type") or "None"
    if kind not in ("RequestResponse", "DryRun") or log not in ("None", "Tail"):
        raise wrong(f"invocation type {kind} with log type {log} is not understood by this server")
    headers = {"Lambda-Runtime-Trace-Id": f"Root=1-{world.hex(8)}-{world.hex(24)};Parent={world.hex(16)};Sampled=0"}
    if request.header("x-amz-client-context"):
        if len(request.header("x-amz-client-context")) > 3583:
            raise wrong("Client context must be no more than 3583 bytes when base64-encoded.")
        headers["Lambda-Runtime-Client-Context"] = base64.b64decode(request.header("x-amz-client-context")).decode()
    with world.lock:
        function, version = asking.function()
        event = checked_event(asking)
        if kind == "DryRun":
            return Answer(204, kind="application/json")
        if function.state() == "Pending":
            raise Refusal("ResourceConflictException", "The operation cannot be performed at this time. The function "
                                                       "is currently in the following state: Pending", 409)
        reserve(world, function)
        pool = function.pool(version)
        environment = pool.take()
    try:
        outcome = environment.invoke(request.id, event, headers)
    finally:
        with world.lock:
            function.in_flight -= 1
            pool.give_back(environment, environment.failed())
            if environment in pool.provisioned and not environment.alive():
                replace(world, function, version, environment)
    billed_ms = math.ceil(outcome.duration_ms + outcome.init_ms)
    with world.lock:
        world.meter.add(pool.settings, environment.provisioned, billed_ms)
    return answer_of(request, pool.settings, outcome, log == "Tail", billed_ms)


def answer_of(request, settings, outcome, tail, billed_ms):
    headers = {"X-Amz-Executed-Version": settings.version, "x-amzn-Remapped-Content-Length": "0",
               "X-Amzn-Trace-Id": "Root=1-0;Sampled=0"}
    if outcome.failed:
        headers["X-Amz-Function-Error"] = "Unhandled"
    if tail:
        lines = [f"START RequestId: {request.id} Version: {settings.version}\n".encode(), outcome.log]
        if outcome.log and not outcome.log.endswith(b"\n"):
            lines.append(b"\n")
        report = (f"REPORT RequestId: {request.id}\tDuration: {outcome.duration_ms:.2f} ms\t"
                  f"Billed Duration: {billed_ms} ms\tMemory Size: {settings.memory_mb} MB\t"
                  f"Max Memory Used: {outcome.memory_mb} MB\t")
        if outcome.init_ms:
            report += f"Init Duration: {outcome.init_ms:.2f} ms\t"
        lines.append(f"END RequestId: {request.id}\n{report}\n".encode())
        headers["X-Amz-Log-Result"] = base64.b64encode(b"".join(lines)[-LOG_TAIL:]).decode()
    return Answer(200, outcome.payload, "application/json", headers)
