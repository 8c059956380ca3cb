"""The parameters of EC2's actions by the names they have in a query."""

from shapes import Blob, Fields, Flag, Instant, Many, Number, Text

TEXT = Text()
FILTERS = Many(Fields({"Name": Text(1), "Value": Many(TEXT, 1, 200)}))
TOKEN = Text()
TAGS = Many(Fields({"Key": TEXT, "Value": TEXT}))
TAGGED = ("capacity-reservation", "client-vpn-endpoint", "dedicated-host", "fleet", "image", "instance",
          "launch-template", "network-interface", "security-group", "snapshot", "spot-instances-request", "subnet",
          "volume", "vpc")
TAG_SPECIFICATIONS = Many(Fields({"ResourceType": Text(among=TAGGED), "Tag": TAGS}))
TEMPLATE = Fields({"LaunchTemplateId": TEXT, "LaunchTemplateName": TEXT, "Version": TEXT})
ON_OFF = Text(among=("enabled", "disabled"))
EBS = Fields({"DeleteOnTermination": Flag(), "Encrypted": Flag(), "Iops": Number(1), "KmsKeyId": TEXT,
              "SnapshotId": TEXT, "Throughput": Number(125, 2000), "VolumeSize": Number(1, 65536),
              "VolumeType": Text(among=("standard", "io1", "io2", "gp2", "sc1", "st1", "gp3"))})
INTERFACE = Fields({
    "AssociatePublicIpAddress": Flag(), "DeleteOnTermination": Flag(), "Description": TEXT, "DeviceIndex": Number(0),
    "SecurityGroupId": Many(TEXT), "SubnetId": TEXT, "PrivateIpAddress": TEXT, "NetworkInterfaceId": TEXT,
    "Ipv6AddressCount": Number(0), "NetworkCardIndex": Number(0), "InterfaceType": TEXT})
SPOT = Fields({"MaxPrice": Text(pattern=r"[0-9]{1,6}(\.[0-9]{1,10})?"),
               "SpotInstanceType": Text(among=("one-time", "persistent")),
               "BlockDurationMinutes": Number(), "ValidUntil": Instant(),
               "InstanceInterruptionBehavior": Text(among=("hibernate", "stop", "terminate"))})
MARKET = Fields({"MarketType": Text(among=("spot",)), "SpotOptions": SPOT})
METADATA = Fields({"HttpTokens": Text(among=("optional", "required")), "HttpPutResponseHopLimit": Number(1, 64),
                   "HttpEndpoint": ON_OFF, "HttpProtocolIpv6": ON_OFF, "InstanceMetadataTags": ON_OFF})
RUN = Fields({
    "BlockDeviceMapping": Many(Fields({"DeviceName": TEXT, "VirtualName": TEXT, "Ebs": EBS, "NoDevice": TEXT})),
    "ImageId": TEXT, "InstanceType": TEXT, "KeyName": TEXT, "MaxCount": Number(1), "MinCount": Number(1),
    "Monitoring": Fields({"Enabled": Flag()}, ("Enabled",)),
    "Placement": Fields({"AvailabilityZone": TEXT, "GroupName": TEXT,
                         "Tenancy": Text(among=("default", "dedicated", "host"))}),
    "SecurityGroupId": Many(TEXT), "SecurityGroup": Many(TEXT), "SubnetId": TEXT, "UserData": Blob(),
    "AdditionalInfo": TEXT, "ClientToken": Text(0, 64, pattern=r"[\x21-\x7e]*"), "DisableApiTermination": Flag(),
    "DisableApiStop": Flag(), "DryRun": Flag(), "EbsOptimized": Flag(),
    "IamInstanceProfile": Fields({"Arn": TEXT, "Name": TEXT}),
    "InstanceInitiatedShutdownBehavior": Text(among=("stop", "terminate")),
    "NetworkInterface": Many(INTERFACE), "PrivateIpAddress": TEXT, "TagSpecification": TAG_SPECIFICATIONS,
    "LaunchTemplate": TEMPLATE, "InstanceMarketOptions": MARKET,
    "CreditSpecification": Fields({"CpuCredits": Text(among=("standard", "unlimited"))}, ("CpuCredits",)),
    "CpuOptions": Fields({"CoreCount": Number(1), "ThreadsPerCore": Number(1, 2)}), "MetadataOptions": METADATA,
}, ("MinCount", "MaxCount"))


def listing(ids=None, *, low=5, high=1000, **more):
    members = {"DryRun": Flag(), "Filter": FILTERS, "MaxResults": Number(low, high), "NextToken": TOKEN, **more}
    if ids:
        members[ids] = Many(TEXT, 1, 1000)
    return Fields(members)


SHAPES = {
    "RunInstances": RUN,
    "TerminateInstances": Fields({"InstanceId": Many(TEXT, 1, 1000), "DryRun": Flag(), "Force": Flag(),
                                  "SkipOsShutdown": Flag()}, ("InstanceId",)),
    "DescribeInstances": listing("InstanceId"),
    "DescribeInstanceStatus": listing("InstanceId", IncludeAllInstances=Flag()),
    "DescribeSpotPriceHistory": listing(
        AvailabilityZone=TEXT, StartTime=Instant(), EndTime=Instant(), InstanceType=Many(TEXT, 1),
        ProductDescription=Many(TEXT, 1)),
    "DescribeImages": listing("ImageId", low=1, ExecutableBy=Many(TEXT), Owner=Many(TEXT, 1), IncludeDeprecated=Flag(),
                              IncludeDisabled=Flag()),
    "DescribeSubnets": listing("SubnetId"),
    "DescribeSecurityGroups": listing("GroupId", GroupName=Many(TEXT, 1)),
    "DescribeInstanceTypes": listing(high=100, InstanceType=Many(TEXT, 1, 100)),
    "DescribeInstanceTypeOfferings": listing(LocationType=Text(
        among=("region", "availability-zone", "availability-zone-id"))),
    "DescribeAvailabilityZones": Fields({"DryRun": Flag(), "Filter": FILTERS, "ZoneName": Many(TEXT, 1),
                                         "ZoneId": Many(TEXT, 1), "AllAvailabilityZones": Flag()}),
    "DescribeLaunchTemplates": listing("LaunchTemplateId", low=1, high=200, LaunchTemplateName=Many(TEXT, 1)),
    "CreateTags": Fields({"DryRun": Flag(), "ResourceId": Many(TEXT, 1, 1000), "Tag": TAGS}, ("ResourceId", "Tag")),
}
