"""RunInstances: permissions, idempotence, capacity, and the instances themselves."""

import hashlib
import json

import estate
from ec2_instances import group_set, instance_xml
from ec2_plan import planned, with_template
from instance import Facts, Instance
from refusal import Refusal


def run_instances(asking):
    with asking.world.lock:
        parameters = with_template(asking)
        plan = planned(asking, parameters)
        authorise(asking, parameters, plan)
        asking.stop_if_dry()
        token = asking.get("ClientToken", "")
        fingerprint = hashlib.sha256(json.dumps(asking.parameters, sort_keys=True, default=repr).encode()).hexdigest()
        known = asking.world.reservations_by_token.get(token) if token else None
        if known:
            if known.fingerprint != fingerprint:
                raise Refusal("IdempotentParameterMismatch", f"Arguments on this idempotent request are inconsistent "
                                                             f"with arguments used in previous request(s) with token "
                                                             f"{token}")
            return reservation_xml(known)
        made = launch(asking, parameters, plan)
        made.fingerprint = fingerprint
        if token:
            asking.world.reservations_by_token[token] = made
        return reservation_xml(made)


class Reservation:
    def __init__(self, id_, instances):
        self.id, self.instances, self.fingerprint = id_, instances, ""


def reservation_xml(reservation):
    first = reservation.instances[0]
    return {"reservationId": reservation.id, "ownerId": first.world.account, "groupSet": group_set(first),
            "instancesSet": [instance_xml(one) for one in reservation.instances]}


def authorise(asking, parameters, plan):
    tags = plan["tags"]
    own = {"ec2:InstanceType": plan["type"].name, "ec2:InstanceMarketType": plan["market"]}
    if plan["profile"]:
        own["ec2:InstanceProfile"] = plan["profile"]
    resources = [("instance/*", "instance"), (f"image/{plan['image'].id}", ""), (f"subnet/{plan['subnet'].id}", ""),
                 ("network-interface/*", "network-interface"), ("volume/*", "volume")]
    resources += [(f"security-group/{group.id}", "") for group in plan["groups"]]
    if plan["market"] == "spot":
        resources.append(("spot-instances-request/*", "spot-instances-request"))
    if "LaunchTemplate" in parameters:
        resources += [(f"launch-template/{one.id}", "") for one in asking.world.templates.values()
                      if one.id == parameters["LaunchTemplate"].get("LaunchTemplateId")
                      or one.name == parameters["LaunchTemplate"].get("LaunchTemplateName")]
    for resource, kind in resources:
        asking.may(resource, keys={**request_tags(tags.get(kind, {})), **(own if kind == "instance" else {})})
    for kind, given in tags.items():
        asking.may(f"{kind}/*", "ec2:CreateTags", keys={"ec2:CreateAction": "RunInstances", **request_tags(given)})
    if plan["profile"]:
        asking.may(estate.WORKER_ROLE, "iam:PassRole", keys={"iam:PassedToService": "ec2.amazonaws.com"})


def request_tags(tags):
    keys = {f"aws:RequestTag/{key}": value for key, value in tags.items()}
    return {**keys, "aws:TagKeys": list(tags)} if tags else keys


def launch(asking, parameters, plan):
    world, kind = asking.world, plan["type"]
    count = allowed(world, kind, plan["market"], parameters["MinCount"], parameters["MaxCount"])
    reservation = "r-" + world.hex(17)
    options = {"HttpTokens": "required", "HttpPutResponseHopLimit": 2, "HttpEndpoint": "enabled",
               "HttpProtocolIpv6": "disabled", "InstanceMetadataTags": "disabled",
               **parameters.get("MetadataOptions", {})}
    instances = []
    for index in range(count):
        private, public = world.addresses.take()
        facts = Facts(
            id="i-" + world.hex(17), reservation=reservation, index=index, image=plan["image"].id, type=kind,
            market=plan["market"], subnet=plan["subnet"], groups=plan["groups"], private_address=private,
            public_address=public if plan["public"] else "", token=parameters.get("ClientToken", ""),
            user_data=parameters.get("UserData", b""), profile=plan["profile"], metadata=options,
            shutdown_behaviour=parameters.get("InstanceInitiatedShutdownBehavior", "stop"),
            spot_request="sir-" + world.hex(8) if plan["market"] == "spot" else "", key_name="",
            owner_key=asking.principal.key)
        instances.append(Instance(world, facts, dict(plan["tags"].get("instance", {}))))
        world.instances[facts.id] = instances[-1]
    return Reservation(reservation, instances)


def allowed(world, kind, market_name, least, most):
    """How many may be launched: by the quota of vCPUs, then by what is left of the capacity."""
    spot = market_name == "spot"
    limit = world.quotas["L-34B43A08" if spot else "L-1216C47A"]
    used = sum(one.facts.type.vcpus for one in world.instances.values()
               if one.facts.market == market_name and one.state in ("pending", "running"))
    by_quota = int((limit - used) // kind.vcpus)
    if by_quota < least:
        if spot:
            raise Refusal("MaxSpotInstanceCountExceeded", "Max spot instance count exceeded")
        raise Refusal("VcpuLimitExceeded", f"You have requested more vCPU capacity than your current vCPU limit of "
                                           f"{limit:.0f} allows for the instance bucket that the specified instance "
                                           "type belongs to.")
    left = world.capacity.get((kind.name, market_name))
    if left is not None and left < least:
        raise Refusal("InsufficientInstanceCapacity", "We currently do not have sufficient "
                      f"{kind.name} capacity in the Availability Zone you requested.", 500)
    count = min(most, by_quota, most if left is None else left)
    if left is not None:
        world.capacity[(kind.name, market_name)] = left - count
    return count
