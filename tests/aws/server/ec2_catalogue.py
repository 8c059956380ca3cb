"""Actions on what the account has and what EC2 offers."""

import time
from decimal import Decimal

import estate
import prices
from ec2_instances import moment
from ec2_listing import check_ids_or_pages, page, passes
from keys import ACCOUNT
from refusal import Refusal


def listed(asking, kind, items, no_facts):
    """One page of (facts for filters, what to answer) pairs, as {kind: ...}."""
    asking.may()
    passes(asking.get("Filter"), no_facts, {})
    asking.stop_if_dry()
    found = [(position, xml) for position, (facts, xml) in enumerate(items)
             if passes(asking.get("Filter"), facts, {})]
    shown, token = page(asking, found)
    return {kind: shown, "nextToken": token}


def blank(*names):
    return {name: "" for name in names}


def chosen(asking, name, all_of, code, what):
    """Those of `all_of` (by id) whose ids the request names, all without. Unknown ones are refused."""
    ids = asking.get(name)
    if ids is None:
        return list(all_of.values())
    unknown = [one for one in ids if one not in all_of]
    if unknown:
        raise Refusal(code, f"The {what} '{unknown[0]}' does not exist")
    return [all_of[one] for one in dict.fromkeys(ids)]


def describe_images(asking):
    images = [one for one in chosen(asking, "ImageId", estate.IMAGES, "InvalidAMIID.NotFound", "image id")
              if not asking.get("Owner")
              or {one.owner, one.alias, "self" if one.owner == ACCOUNT else ""} & set(asking.get("Owner"))]
    items = [({"image-id": one.id, "name": one.name, "architecture": one.architecture, "state": "available",
               "owner-id": one.owner, "owner-alias": one.alias, "root-device-type": "ebs", "virtualization-type": "hvm",
               "image-type": "machine", "is-public": str(one.owner != ACCOUNT).lower()},
              {"imageId": one.id, "imageLocation": f"{one.alias or one.owner}/{one.name}", "imageState": "available",
               "imageOwnerId": one.owner, "creationDate": one.created, "isPublic": one.owner != ACCOUNT,
               "architecture": one.architecture, "imageType": "machine", "imageOwnerAlias": one.alias or None,
               "name": one.name, "rootDeviceType": "ebs", "rootDeviceName": "/dev/xvda", "virtualizationType": "hvm",
               "hypervisor": "xen", "enaSupport": True, "platformDetails": "Linux/UNIX",
               "usageOperation": "RunInstances"}) for one in images]
    return listed(asking, "imagesSet", items, blank(
        "image-id", "name", "architecture", "state", "owner-id", "owner-alias", "root-device-type",
        "virtualization-type", "image-type", "is-public"))


def describe_subnets(asking):
    check_ids_or_pages(asking, "SubnetId", "subnetSet")
    items = [({"subnet-id": one.id, "vpc-id": estate.VPC, "availability-zone": one.zone, "state": "available",
               "map-public-ip-on-launch": str(one.public).lower(), "default-for-az": "false"},
              {"subnetId": one.id, "subnetArn": f"arn:aws:ec2:{estate.REGION}:{ACCOUNT}:subnet/{one.id}",
               "state": "available", "ownerId": ACCOUNT, "vpcId": estate.VPC, "cidrBlock": one.block,
               "availableIpAddressCount": 4091, "availabilityZone": one.zone,
               "availabilityZoneId": estate.ZONES[one.zone], "defaultForAz": False, "mapPublicIpOnLaunch": one.public,
               "tagSet": []})
             for one in chosen(asking, "SubnetId", estate.SUBNETS, "InvalidSubnetID.NotFound", "subnet ID")]
    return listed(asking, "subnetSet", items, blank("subnet-id", "vpc-id", "availability-zone", "state",
                                                    "map-public-ip-on-launch", "default-for-az"))


def describe_security_groups(asking):
    check_ids_or_pages(asking, "GroupId", "groupId")
    names = {one.name: one for one in estate.GROUPS.values()}
    groups = chosen(asking, "GroupId", estate.GROUPS, "InvalidGroup.NotFound", "security group")
    if asking.get("GroupName"):
        by_name = chosen(asking, "GroupName", names, "InvalidGroup.NotFound", "security group")
        groups = [one for one in groups if one in by_name]
    everywhere = [{"cidrIp": "0.0.0.0/0"}]
    items = [({"group-id": one.id, "group-name": one.name, "vpc-id": estate.VPC, "description": one.description},
              {"ownerId": ACCOUNT, "groupId": one.id, "groupName": one.name, "groupDescription": one.description,
               "vpcId": estate.VPC,
               "ipPermissions": [{"ipProtocol": "tcp", "fromPort": port, "toPort": port, "groups": [],
                                  "ipRanges": everywhere} for port in one.ports],
               "ipPermissionsEgress": [{"ipProtocol": "-1", "groups": [], "ipRanges": everywhere}], "tagSet": []})
             for one in groups]
    return listed(asking, "securityGroupInfo", items, blank("group-id", "group-name", "vpc-id", "description"))


def describe_instance_types(asking):
    check_ids_or_pages(asking, "InstanceType", "instanceTypes")
    unknown = [one for one in asking.get("InstanceType", []) if one not in prices.TYPES]
    if unknown:
        raise Refusal("InvalidInstanceType", f"The following supplied instance types do not exist: [{unknown[0]}]")
    items = [({"instance-type": one.name, "vcpu-info.default-vcpus": one.vcpus,
               "memory-info.size-in-mib": one.memory_mib,
               "processor-info.supported-architecture": one.architecture, "current-generation": "true",
               "burstable-performance-supported": str(one.burstable).lower(),
               "supported-usage-class": ["on-demand", "spot"]},
              {"instanceType": one.name, "currentGeneration": True, "freeTierEligible": False,
               "supportedUsageClasses": ["on-demand", "spot"], "supportedRootDeviceTypes": ["ebs"],
               "supportedVirtualizationTypes": ["hvm"], "bareMetal": False,
               "processorInfo": {"supportedArchitectures": [one.architecture]},
               "vCpuInfo": {"defaultVCpus": one.vcpus, "defaultCores": max(1, one.vcpus // 2),
                            "defaultThreadsPerCore": min(2, one.vcpus)},
               "memoryInfo": {"sizeInMiB": one.memory_mib}, "instanceStorageSupported": False,
               "burstablePerformanceSupported": one.burstable})
             for one in prices.TYPES.values() if one.name in asking.get("InstanceType", prices.TYPES)]
    return listed(asking, "instanceTypeSet", items, blank(
        "instance-type", "vcpu-info.default-vcpus", "memory-info.size-in-mib", "current-generation",
        "processor-info.supported-architecture", "burstable-performance-supported", "supported-usage-class"))


def describe_instance_type_offerings(asking):
    where = asking.get("LocationType", "region")
    places = {"region": [estate.REGION], "availability-zone": list(estate.ZONES),
              "availability-zone-id": list(estate.ZONES.values())}[where]
    items = [({"instance-type": name, "location": place},
              {"instanceType": name, "locationType": where, "location": place})
             for place in places for name in prices.TYPES if not (name == "m4.large" and place[-1] in "c4")]
    return listed(asking, "instanceTypeOfferingSet", items, blank("instance-type", "location"))


def describe_availability_zones(asking):
    for name, known in (("ZoneName", list(estate.ZONES)), ("ZoneId", list(estate.ZONES.values()))):
        unknown = [one for one in asking.get(name, []) if one not in known]
        if unknown:
            raise Refusal("InvalidParameterValue", f"Invalid availability zone: [{unknown[0]}]")
    items = [({"zone-name": name, "zone-id": zone, "region-name": estate.REGION, "state": "available",
               "zone-type": "availability-zone", "opt-in-status": "opt-in-not-required"},
              {"optInStatus": "opt-in-not-required", "messageSet": [], "regionName": estate.REGION, "zoneName": name,
               "zoneId": zone, "groupName": estate.REGION + "-zg-1", "networkBorderGroup": estate.REGION,
               "zoneType": "availability-zone", "zoneState": "available"})
             for name, zone in estate.ZONES.items()
             if name in asking.get("ZoneName", [name]) and zone in asking.get("ZoneId", [zone])]
    return {"availabilityZoneInfo": listed(asking, "all", items, blank(
        "zone-name", "zone-id", "region-name", "state", "zone-type", "opt-in-status"))["all"]}


def describe_launch_templates(asking):
    templates = asking.world.templates
    names = {one.name: one for one in templates.values()}
    if asking.get("LaunchTemplateId") and asking.get("LaunchTemplateName"):
        raise Refusal("InvalidParameterCombination", "Give ids or names of launch templates, and not both")
    found = chosen(asking, "LaunchTemplateId", templates, "InvalidLaunchTemplateId.NotFound", "launch template ID")
    if asking.get("LaunchTemplateName"):
        found = chosen(asking, "LaunchTemplateName", names, "InvalidLaunchTemplateName.NotFoundException",
                       "launch template name")
    items = [({"launch-template-name": one.name, "create-time": "2026-02-01T08:00:00.000Z"},
              {"launchTemplateId": one.id, "launchTemplateName": one.name, "createTime": "2026-02-01T08:00:00.000Z",
               "createdBy": f"arn:aws:iam::{ACCOUNT}:user/full", "defaultVersionNumber": one.default,
               "latestVersionNumber": len(one.versions), "tagSet": []}) for one in found]
    return listed(asking, "launchTemplates", items, blank("launch-template-name", "create-time"))


def describe_spot_price_history(asking):
    """For each type and zone the price in force since midnight, as it is billed, and a dearer one of the day before."""
    if asking.get("AvailabilityZone") not in (None, *estate.ZONES):
        raise Refusal("InvalidParameterValue", f"Invalid availability zone: [{asking.get('AvailabilityZone')}]")
    unknown = [one for one in asking.get("InstanceType", []) if one not in prices.TYPES]
    if unknown:
        raise Refusal("InvalidParameterValue", f"Invalid value '{unknown[0]}' for InstanceType.")
    known = ("Linux/UNIX", "Linux/UNIX (Amazon VPC)", "Windows", "Windows (Amazon VPC)", "SUSE Linux",
             "SUSE Linux (Amazon VPC)", "Red Hat Enterprise Linux", "Red Hat Enterprise Linux (Amazon VPC)")
    if any(one not in known for one in asking.get("ProductDescription", [])):
        raise Refusal("InvalidParameterValue", "Invalid product description")
    now = time.time()
    start, end = asking.get("StartTime", now - 90 * 86400), asking.get("EndTime", now)
    if start > end:
        raise Refusal("InvalidParameterValue", "StartTime is after EndTime")
    midnight = now - now % 86400
    changes = [(midnight, Decimal("1")), (midnight - 86400, Decimal("1.1"))]  # since when, times the price in force
    items = []
    for name in asking.get("InstanceType", prices.TYPES):
        for zone in estate.ZONES:
            if asking.get("AvailabilityZone") not in (None, zone):
                continue
            for at, times in changes:
                # The price in force at the start is shown too, though it was set before.
                superseded = min([other for other, _ in changes if other > at], default=now + 1)
                if at > end or superseded <= start:
                    continue
                items.append({"instanceType": name, "productDescription": "Linux/UNIX",
                              "spotPrice": f"{prices.TYPES[name].spot * times:.6f}",
                              "timestamp": moment(at), "availabilityZone": zone})
    wanted = asking.get("ProductDescription")
    if wanted and not any(one.startswith("Linux/UNIX") for one in wanted):
        items = []
    pairs = [({"instance-type": one["instanceType"], "product-description": one["productDescription"],
               "spot-price": one["spotPrice"], "availability-zone": one["availabilityZone"],
               "timestamp": one["timestamp"]}, one) for one in items]
    answer = listed(asking, "spotPriceHistorySet", pairs, blank(
        "instance-type", "product-description", "spot-price", "availability-zone", "timestamp"))
    return {**answer, "nextToken": answer["nextToken"] or ""}  # this action has an empty one at the end, not none
