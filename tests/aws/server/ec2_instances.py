"""Actions on instances that are there."""

import datetime
import re

import estate
from ec2_listing import check_ids_or_pages, page, passes, tag_set
from ec2_plan import checked_tags
from instance import BY_USER, CODES
from refusal import Refusal


def moment(seconds):
    return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def state_xml(state):
    return {"code": CODES[state], "name": state}


def group_set(instance):
    return [{"groupId": group.id, "groupName": group.name} for group in instance.facts.groups]


def dns(address, zone):
    return f"{zone}-{address.replace('.', '-')}"


def transition_reason(instance):
    if instance.reason is not BY_USER:
        return instance.reason[0]
    ended = datetime.datetime.fromtimestamp(instance.times[instance.state], datetime.timezone.utc)
    return f"User initiated ({ended:%Y-%m-%d %H:%M:%S} GMT)"


def instance_xml(instance):
    facts, alive = instance.facts, instance.state != "terminated"
    ended = instance.reason and instance.state not in ("pending", "running")
    return {
        "instanceId": facts.id, "imageId": facts.image, "instanceState": state_xml(instance.state),
        "privateDnsName": f"{dns(facts.private_address, 'ip')}.ec2.internal" if alive else "",
        "dnsName": f"{dns(facts.public_address, 'ec2')}.compute-1.amazonaws.com"
                   if alive and facts.public_address else "",
        "reason": transition_reason(instance) if ended else "",
        "amiLaunchIndex": facts.index, "productCodes": [], "instanceType": facts.type.name,
        "launchTime": moment(instance.launched),
        "placement": {"availabilityZone": facts.subnet.zone, "groupName": "", "tenancy": "default"},
        "monitoring": {"state": "disabled"},
        "subnetId": facts.subnet.id if alive else None, "vpcId": estate.VPC if alive else None,
        "privateIpAddress": facts.private_address if alive else None,
        "ipAddress": facts.public_address if alive and facts.public_address else None,
        "sourceDestCheck": True if alive else None, "groupSet": group_set(instance) if alive else [],
        "stateReason": {"code": instance.reason[0], "message": instance.reason[1]} if ended else None,
        "architecture": facts.type.architecture, "rootDeviceType": "ebs", "rootDeviceName": "/dev/xvda",
        "virtualizationType": "hvm", "hypervisor": "xen", "clientToken": facts.token,
        "instanceLifecycle": "spot" if facts.market == "spot" else None,
        "spotInstanceRequestId": facts.spot_request or None,
        "tagSet": tag_set(instance.tags),
        "iamInstanceProfile": {"arn": facts.profile, "id": "AIPAPARAGONWORKER000"} if facts.profile and alive else None,
        "ebsOptimized": False, "enaSupport": True,
        "metadataOptions": {"state": "applied", "httpTokens": facts.metadata["HttpTokens"],
                            "httpPutResponseHopLimit": facts.metadata["HttpPutResponseHopLimit"],
                            "httpEndpoint": facts.metadata["HttpEndpoint"]},
    }


def facts_for_filters(instance):
    facts = instance.facts
    return {
        "instance-id": facts.id, "instance-state-name": instance.state, "instance-state-code": CODES[instance.state],
        "instance-type": facts.type.name, "client-token": facts.token, "availability-zone": facts.subnet.zone,
        "image-id": facts.image, "subnet-id": facts.subnet.id, "vpc-id": estate.VPC,
        "reservation-id": facts.reservation,
        "instance-lifecycle": ["spot"] if facts.market == "spot" else [], "architecture": facts.type.architecture,
        "private-ip-address": facts.private_address,
        "ip-address": [facts.public_address] if facts.public_address else [],
        "spot-instance-request-id": [facts.spot_request] if facts.spot_request else [],
        "instance.group-id": [group.id for group in facts.groups], "owner-id": instance.world.account,
        "launch-time": moment(instance.launched), "state-reason-code": instance.reason[0] if instance.reason else "",
    }


def check_filters(asking, facts):
    """Filters are checked also where there is nothing to filter."""
    passes(asking.get("Filter"), facts, {})


NO_INSTANCE = {name: "" for name in (
    "instance-id", "instance-state-name", "instance-state-code", "instance-type", "client-token", "availability-zone",
    "image-id", "subnet-id", "vpc-id", "reservation-id", "instance-lifecycle", "architecture", "private-ip-address",
    "ip-address", "spot-instance-request-id", "instance.group-id", "owner-id", "launch-time", "state-reason-code")}
NO_STATUS = {name: "" for name in ("instance-state-name", "instance-state-code", "availability-zone",
                                   "instance-status.status", "system-status.status", "instance-status.reachability",
                                   "system-status.reachability")}


def named(asking, ids):
    """The instances of the ids, in their order. All must be known."""
    malformed = [one for one in ids if not re.fullmatch(r"i-([0-9a-f]{8}|[0-9a-f]{17})", one)]
    if malformed:
        raise Refusal("InvalidInstanceID.Malformed", f"Invalid id: \"{malformed[0]}\"")
    unknown = [one for one in ids if one not in asking.world.instances or not asking.world.instances[one].seen()]
    if len(unknown) == 1:
        raise Refusal("InvalidInstanceID.NotFound", f"The instance ID '{unknown[0]}' does not exist")
    if unknown:
        raise Refusal("InvalidInstanceID.NotFound", f"The instance IDs '{', '.join(unknown)}' do not exist")
    return [asking.world.instances[one] for one in dict.fromkeys(ids)]


def places(asking):
    """(position, instance) of all that are asked for by id, or of all: positions only grow."""
    wanted = {one.facts.id for one in named(asking, asking.get("InstanceId", []))}
    return [(position, one) for position, one in enumerate(asking.world.instances.values())
            if one.seen() and (not wanted or one.facts.id in wanted)]


def describe_instances(asking):
    asking.may()
    with asking.world.lock:
        check_ids_or_pages(asking, "InstanceId", "instancesSet")
        check_filters(asking, NO_INSTANCE)
        asking.stop_if_dry()
        found = [(position, one) for position, one in places(asking)
                 if passes(asking.get("Filter"), facts_for_filters(one), one.tags)]
        shown, token = page(asking, found)
        reservations = {}
        for one in shown:
            reservations.setdefault(one.facts.reservation, []).append(one)
        return {"reservationSet": [
            {"reservationId": name, "ownerId": asking.world.account, "groupSet": [],
             "instancesSet": [instance_xml(one) for one in ones]}
            for name, ones in reservations.items()], "nextToken": token}


def describe_instance_status(asking):
    asking.may()
    with asking.world.lock:
        check_ids_or_pages(asking, "InstanceId", "instancesSet")
        check_filters(asking, NO_STATUS)
        asking.stop_if_dry()
        found = []
        for position, one in places(asking):
            if one.state != "running" and not asking.get("IncludeAllInstances"):
                continue
            status = ("not-applicable" if one.state != "running" else "impaired" if one.impaired
                      else "ok" if one.status_ok() else "initializing")
            reach = {"ok": "passed", "initializing": "initializing", "impaired": "failed"}.get(status)
            facts = {"instance-state-name": one.state, "instance-state-code": CODES[one.state],
                     "availability-zone": one.facts.subnet.zone, "instance-status.status": status,
                     "system-status.status": status, "instance-status.reachability": reach or "",
                     "system-status.reachability": reach or ""}
            if passes(asking.get("Filter"), facts, one.tags):
                details = [{"name": "reachability", "status": reach}] if reach else None
                check = {"status": status, "details": details}
                said = {
                    "instanceId": one.facts.id, "availabilityZone": one.facts.subnet.zone,
                    "instanceState": state_xml(one.state), "systemStatus": check, "instanceStatus": check}
                if one.retires_at:
                    said["eventsSet"] = [{"instanceEventId": "instance-event-0123456789abcdef0",
                                          "code": "instance-retirement", "notBefore": moment(one.retires_at)}]
                found.append((position, said))
        shown, token = page(asking, found)
        return {"instanceStatusSet": shown, "nextToken": token}


def resource_tags(tags):
    keys = {f"aws:ResourceTag/{key}": value for key, value in tags.items()}
    return {**keys, **{f"ec2:ResourceTag/{key}": value for key, value in tags.items()}}


def terminate_instances(asking):
    with asking.world.lock:
        ones = named(asking, asking.get("InstanceId"))
        for one in ones:
            asking.may(f"instance/{one.facts.id}", keys=resource_tags(one.tags))
        asking.stop_if_dry()
        changes = []
        for one in ones:
            before = one.state
            one.end(BY_USER)
            changes.append({"instanceId": one.facts.id, "currentState": state_xml(one.state),
                            "previousState": state_xml(before)})
        return {"instancesSet": changes}


def create_tags(asking):
    with asking.world.lock:
        tags = checked_tags(asking.get("Tag"))
        ids = asking.get("ResourceId")
        others = [one for one in ids if not one.startswith("i-")]
        if others:
            raise Refusal("InvalidID", f"The ID '{others[0]}' is not valid: only instances can be tagged here")
        ones = named(asking, ids)
        for one in ones:
            given = {f"aws:RequestTag/{key}": value for key, value in tags.items()}
            asking.may(f"instance/{one.facts.id}", keys={**resource_tags(one.tags), **given, "aws:TagKeys": list(tags)})
        asking.stop_if_dry()
        for one in ones:
            one.tags.update(tags)
        return {"return": True}
