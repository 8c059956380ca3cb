"""`/_control`: what a test may see and do to the server. Not signed, JSON in and out."""

import dataclasses
import json
import os
import shutil
import time
from urllib.parse import parse_qsl

import bill
import estate
import keys
import policy
import shapes
from ec2_shapes import RUN
from faults import Fault
from message import Answer
from refusal import Misfit


class Wrong(Exception):
    """What was asked of the control makes no sense; the words say why."""


def said(value, status=200):
    return Answer(status, json.dumps(value, indent=1, default=str).encode() + b"\n", "application/json")


def answer(world, request):
    try:
        if request.method == "GET" and request.path == "/_control/state":
            asked = dict(parse_qsl(request.query))
            return said(state(world, int(asked.get("calls_after", 0))))
        if request.method == "GET" and request.path == "/_control/keys":
            return said({name: {"access_key_id": one.key, "secret_access_key": one.secret, "session_token": one.token}
                         for name, one in (("full", keys.FULL), ("limited", keys.LIMITED), ("expired", keys.EXPIRED))})
        if request.method != "POST" or request.path != "/_control":
            raise Wrong("there are POST /_control, GET /_control/state and GET /_control/keys")
        try:
            asked = json.loads(request.body)
        except ValueError:
            raise Wrong("the body is not JSON") from None
        if not isinstance(asked, dict) or asked.get("do") not in DO:
            raise Wrong(f"\"do\" must be one of {', '.join(DO)}")
        do = DO[asked.pop("do")]
        try:
            return said(do(world, **asked) or {})
        except (TypeError, ValueError) as why:
            raise Wrong(str(why)) from None
    except Wrong as why:
        return said({"error": str(why)}, 400)


def add_fault(world, **asked):
    world.faults.add(Fault(**asked))


def clear_faults(world):
    world.faults.clear()


def instance_of(world, instance):
    if instance not in world.instances:
        raise ValueError(f"no instance '{instance}'")
    return world.instances[instance]


def interrupt(world, instance, notice_s=120.0):
    with world.lock:
        one = instance_of(world, instance)
        if one.facts.market != "spot" or one.state not in ("pending", "running"):
            raise ValueError(f"{instance} is {one.facts.market} and {one.state}: only a live spot instance is "
                             "interrupted")
        one.interrupt(notice_s)


def impair(world, instance, impaired=True):
    """Its status checks fail from now on."""
    with world.lock:
        instance_of(world, instance).impaired = bool(impaired)


def retire(world, instance, in_s):
    """AWS announces its retirement; it is only announced."""
    with world.lock:
        instance_of(world, instance).retires_at = time.time() + float(in_s)


def kill(world, instance):
    with world.lock:
        instance_of(world, instance).kill()


def capacity(world, type, market="on-demand", left=None):  # noqa: A002 - named as it is in the JSON
    if market not in ("on-demand", "spot"):
        raise ValueError("market must be on-demand or spot")
    with world.lock:
        if left is None:
            world.capacity.pop((type, market), None)
        else:
            world.capacity[(type, market)] = left


def settings(world, **values):
    for name, value in values.items():
        world.settings.set(name, value)
    return dataclasses.asdict(world.settings)


def set_policy(world, policy_document=None, of="limited"):
    """`of`: limited (the key with a policy), or role/NAME (sessions of that role); null takes it away."""
    if policy_document is None:
        world.policies.pop(of, None)
    else:
        policy.check(policy_document)
        world.policies[of] = policy_document


def quota(world, code, value):
    if code not in world.quotas:
        raise ValueError(f"no quota '{code}'; there are {', '.join(world.quotas)}")
    world.quotas[code] = float(value)


def launch_template(world, name, parameters):
    """A new version of the named template (a new template where there is none); it becomes the default.

    The parameters are those of RunInstances by their names in a query, lists as lists.
    """
    try:
        parameters = shapes.from_json(shapes.Fields(RUN.members), parameters)
    except Misfit as misfit:
        raise ValueError(str(misfit)) from None
    with world.lock:
        for one in world.templates.values():
            if one.name == name:
                one.versions.append(parameters)
                one.default = len(one.versions)
                return {"id": one.id, "version": one.default}
        made = estate.Template("lt-" + world.hex(17), name, [parameters])
        world.templates[made.id] = made
        return {"id": made.id, "version": 1}


def kill_function(world, function):
    """Ends all environments of the function, busy ones too, as when their host fails."""
    with world.lock:
        if function not in world.functions:
            raise ValueError(f"no function '{function}'")
        for one in world.functions[function].environments:
            one.crash()


def put_object(world, bucket, key, file):
    """Puts a file where Lambda and S3 find it as an object."""
    path = world.object_path(bucket, key)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    shutil.copyfile(file, path)


def function_role(world, arn):
    """A role that Lambda may take, beside those that are there."""
    world.function_roles.add(arn)


DO = {"fault": add_fault, "clear_faults": clear_faults, "interrupt": interrupt, "kill": kill, "impair": impair, "retire": retire, "capacity": capacity,
      "settings": settings, "policy": set_policy, "quota": quota, "launch_template": launch_template,
      "kill_function": kill_function, "object": put_object, "function_role": function_role}


def instance_state(one):
    facts = one.facts
    return {"id": facts.id, "state": one.state, "type": facts.type.name, "market": facts.market, "image": facts.image,
            "zone": facts.subnet.zone, "subnet": facts.subnet.id, "private_ip": facts.private_address,
            "public_ip": facts.public_address, "tags": one.tags, "client_token": facts.token,
            "reservation": facts.reservation, "times": one.times, "reason": one.reason[0] if one.reason else None,
            "billed_s": bill.billed_seconds(one, round(time.time() * 1000)), "exit": one.exit,
            "shutdown_called": one.shutdown_called, "interrupted_at": one.interrupted_at,
            "shutdown_behaviour": facts.shutdown_behaviour, "profile": facts.profile,
            "user_data": facts.user_data.decode("utf-8", "replace"), "metadata_url": one.endpoint.url,
            "metadata_calls": [list(call) for call in one.endpoint.asked], "folder": one.folder}


def function_state(one, deleted):
    live = [held for held in one.environments if held.alive()]
    return {"name": one.name, "deleted": deleted, "state": one.state(), "memory_mb": one.latest.memory_mb,
            "timeout_s": one.latest.timeout_s, "variables": one.latest.variables, "tags": one.tags,
            "versions": list(one.versions), "reserved": one.reserved, "provisioned": one.provisioned,
            "code_sha256": one.latest.code.sha256, "invocations": one.invocations, "throttled": one.throttled,
            "in_flight": one.in_flight, "environments_started": one.environments_made, "environments_alive": len(live),
            "complaints": [line for held in one.environments for line in held.complaints], "folder": one.folder}


def state(world, calls_after):
    """All that there is and was. Of the calls, those with a greater number than `calls_after`."""
    with world.lock:
        return {"instances": [instance_state(one) for one in world.instances.values()],
                "functions": [function_state(one, False) for one in world.functions.values()]
                + [function_state(one, True) for one in world.deleted_functions],
                "calls": [dataclasses.asdict(call) for call in world.calls[calls_after:]],
                "bill": bill.bill(world),
                "faults": world.faults.left(), "mistakes": world.mistakes,
                "settings": dataclasses.asdict(world.settings)}
