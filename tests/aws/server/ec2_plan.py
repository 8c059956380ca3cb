"""What RunInstances is asked for, checked in full before anything is made."""

import ipaddress
from decimal import Decimal

import estate
import prices
from refusal import Refusal

MERGED = ("ImageId", "InstanceType", "SecurityGroupId", "SecurityGroup", "SubnetId", "UserData", "IamInstanceProfile",
          "NetworkInterface", "InstanceInitiatedShutdownBehavior", "InstanceMarketOptions", "MetadataOptions")


def with_template(asking):
    """The parameters with those of the launch template behind them."""
    named = asking.get("LaunchTemplate")
    if named is None:
        return asking.parameters
    if ("LaunchTemplateId" in named) == ("LaunchTemplateName" in named):
        raise Refusal("InvalidParameterCombination", "You must specify either a launch template ID or a launch "
                                                     "template name, and not both")
    found = [one for one in asking.world.templates.values()
             if named.get("LaunchTemplateId", one.id) == one.id
             and named.get("LaunchTemplateName", one.name) == one.name]
    if not found:
        raise Refusal("InvalidLaunchTemplateName.NotFoundException" if "LaunchTemplateName" in named
                      else "InvalidLaunchTemplateId.NotFound", "The specified launch template does not exist.")
    template, version = found[0], named.get("Version", "$Default")
    number = {"$Default": template.default, "$Latest": len(template.versions)}.get(version)
    if number is None:
        number = int(version) if version.isdigit() else 0
    if not 1 <= number <= len(template.versions):
        raise Refusal("InvalidLaunchTemplateId.VersionNotFound", f"Could not find launch template version {version}")
    merged = {**{name: value for name, value in template.versions[number - 1].items() if name in MERGED},
              **asking.parameters}
    if "NetworkInterface" in asking.parameters:  # it has the groups then
        merged = {name: value for name, value in merged.items()
                  if name not in ("SecurityGroupId", "SubnetId") or name in asking.parameters}
    return merged


def image_and_type(parameters):
    image_id = parameters.get("ImageId")
    if not image_id:
        raise Refusal("MissingParameter", "The request must contain the parameter ImageId")
    digits = image_id.removeprefix("ami-")
    if digits == image_id or len(digits) not in (8, 17) or set(digits) - set("0123456789abcdef"):
        raise Refusal("InvalidAMIID.Malformed", f"Invalid id: \"{image_id}\" (expecting \"ami-...\")")
    if image_id not in estate.IMAGES:
        raise Refusal("InvalidAMIID.NotFound", f"The image id '[{image_id}]' does not exist")
    image = estate.IMAGES[image_id]
    name = parameters.get("InstanceType", "m1.small")
    if name not in prices.TYPES:
        raise Refusal("InvalidParameterValue", f"Invalid value '{name}' for InstanceType.")
    kind = prices.TYPES[name]
    if kind.architecture != image.architecture:
        raise Refusal("InvalidParameterValue", f"The architecture '{kind.architecture}' of the specified instance type "
                                               f"does not match the architecture '{image.architecture}' of the "
                                               "specified AMI.")
    return image, kind


def network(parameters):
    """(subnet, groups, public): where it is to be, and whether it gets a public address."""
    interfaces = parameters.get("NetworkInterface", [])
    if interfaces:
        for name, called in (("SubnetId", "an instance-level subnet ID"), ("SecurityGroupId", "security groups"),
                             ("SecurityGroup", "security groups")):
            if name in parameters:
                raise Refusal("InvalidParameterCombination", f"Network interfaces and {called} may not be specified on "
                                                             "the same request")
        if len(interfaces) > 1 or interfaces[0].get("DeviceIndex") != 0:
            raise Refusal("InvalidParameterValue", "One network interface with DeviceIndex 0 is understood here")
    level = interfaces[0] if interfaces else parameters
    zone = parameters.get("Placement", {}).get("AvailabilityZone")
    if zone is not None and zone not in estate.ZONES:
        raise Refusal("InvalidParameterValue", f"Invalid availability zone: [{zone}]")
    subnet_id = level.get("SubnetId")
    if subnet_id is None:
        subnet = next(one for one in estate.SUBNETS.values() if zone in (None, one.zone))
    elif subnet_id in estate.SUBNETS:
        subnet = estate.SUBNETS[subnet_id]
    else:
        raise Refusal("InvalidSubnetID.NotFound", f"The subnet ID '{subnet_id}' does not exist")
    if zone not in (None, subnet.zone):
        raise Refusal("InvalidParameterValue", f"The availability zone '{zone}' is not that of subnet {subnet.id}")
    groups = []
    for group_id in level.get("SecurityGroupId", []):
        if group_id not in estate.GROUPS:
            raise Refusal("InvalidGroup.NotFound", f"The security group '{group_id}' does not exist")
        groups.append(estate.GROUPS[group_id])
    for name in parameters.get("SecurityGroup", []):
        if subnet_id is not None:
            raise Refusal("InvalidParameterCombination", "The parameter groupName cannot be used with the parameter "
                                                         "subnet")
        named = [one for one in estate.GROUPS.values() if one.name == name]
        if not named:
            raise Refusal("InvalidGroup.NotFound", f"The security group '{name}' does not exist in default VPC "
                                                   f"'{estate.VPC}'")
        groups += named
    public = level.get("AssociatePublicIpAddress", subnet.public) if interfaces else subnet.public
    return subnet, groups or [next(iter(estate.GROUPS.values()))], public


def market(parameters, kind):
    options = parameters.get("InstanceMarketOptions")
    if not options:
        return "on-demand"
    if options.get("MarketType") != "spot":
        raise Refusal("InvalidParameterValue", "MarketType must be spot here")
    spot = options.get("SpotOptions", {})
    if "BlockDurationMinutes" in spot:
        raise Refusal("InvalidParameterValue", "BlockDurationMinutes is no longer supported")
    once = spot.get("SpotInstanceType", "one-time") == "one-time"
    if once and spot.get("InstanceInterruptionBehavior", "terminate") != "terminate":
        raise Refusal("InvalidParameterCombination", "The behaviour at an interruption of a one-time request is "
                                                     "terminate")
    if once and "ValidUntil" in spot:
        raise Refusal("InvalidParameterCombination", "ValidUntil is for persistent requests")
    if "MaxPrice" in spot and Decimal(spot["MaxPrice"]) < kind.spot:
        raise Refusal("SpotMaxPriceTooLow", f"Your Spot request price of {spot['MaxPrice']} is lower than the minimum "
                                            f"required Spot request fulfillment price of {kind.spot}.")
    return "spot"


def profile(parameters):
    asked = parameters.get("IamInstanceProfile")
    if asked is None:
        return ""
    if len(asked) != 1:
        raise Refusal("InvalidParameterCombination", "Give an instance profile's name or its ARN, and not both")
    arn = asked.get("Arn") or estate.PROFILES.get(asked.get("Name"))
    if arn not in estate.PROFILES.values():
        raise Refusal("InvalidParameterValue", f"Value ({next(iter(asked.values()))}) for parameter iamInstanceProfile"
                                               " is invalid. Invalid IAM Instance Profile")
    return arn


def tags_by_resource(parameters):
    tags = {}
    for one in parameters.get("TagSpecification", []):
        resource = one.get("ResourceType")
        if resource not in ("instance", "volume", "network-interface", "spot-instances-request"):
            raise Refusal("InvalidParameterValue", f"'{resource}' is not a valid taggable resource type for this "
                                                   "operation.")
        if resource in tags:
            raise Refusal("InvalidParameterValue", f"TagSpecification names {resource} twice")
        tags[resource] = checked_tags(one.get("Tag", []))
    return tags


def checked_tags(tags):
    made = {}
    for one in tags:
        key, value = one.get("Key", ""), one.get("Value", "")
        if not 1 <= len(key) <= 127 or key.lower().startswith("aws:"):
            raise Refusal("InvalidParameterValue", f"Tag key '{key}' must have 1 to 127 characters and not begin with "
                                                   "'aws:'")
        if len(value) > 256:
            raise Refusal("InvalidParameterValue", f"Tag value of '{key}' exceeds the maximum length of 256 characters")
        if key in made:
            raise Refusal("InvalidParameterValue", f"Duplicate tag key '{key}' specified.")
        made[key] = value
    if len(made) > 50:
        raise Refusal("TagLimitExceeded", "The maximum number of tags is 50")
    return made


def planned(asking, parameters):
    """All that can be wrong with the request is found here, before anything is made."""
    if parameters["MinCount"] > parameters["MaxCount"]:
        raise Refusal("InvalidParameterValue", "Value of MinCount must not be greater than that of MaxCount")
    image, kind = image_and_type(parameters)
    subnet, groups, public = network(parameters)
    if len(parameters.get("UserData", b"")) > 16384:
        raise Refusal("InvalidParameterValue", "User data is limited to 16384 bytes")
    if "KeyName" in parameters:
        raise Refusal("InvalidKeyPair.NotFound", f"The key pair '{parameters['KeyName']}' does not exist")
    if "PrivateIpAddress" in parameters or "PrivateIpAddress" in (parameters.get("NetworkInterface") or [{}])[0]:
        check_address(parameters, subnet)
    if "CreditSpecification" in parameters and not kind.burstable:
        raise Refusal("InvalidParameterCombination", f"CPU credits are not for {kind.name}")
    return {"image": image, "type": kind, "subnet": subnet, "groups": groups, "public": public,
            "market": market(parameters, kind), "profile": profile(parameters), "tags": tags_by_resource(parameters)}


def check_address(parameters, subnet):
    address = parameters.get("PrivateIpAddress") or parameters["NetworkInterface"][0]["PrivateIpAddress"]
    try:
        inside = ipaddress.ip_address(address) in ipaddress.ip_network(subnet.block)
    except ValueError:
        inside = False
    raise Refusal("InvalidParameterValue", f"Address {address} " + (
        "is free, but chosen addresses are not understood here" if inside else "does not fall within the subnet's "
        "address range"))
