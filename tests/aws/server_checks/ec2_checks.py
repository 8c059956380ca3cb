"""EC2: requests that are right, and refusals of those that are not."""

import time

from harness import IMAGE, Case

SUBNET = "subnet-0a1b2c3d4e5f60001"
GROUP = "sg-0a1b2c3d4e5f60001"
BASE = {"ImageId": IMAGE, "InstanceType": "m5.large", "MinCount": 1, "MaxCount": 1}


class Ec2(Case):
    def run_refused(self, code, status=400, **more):
        return self.refused(code, status, self.ec2.run_instances, **{**BASE, **more})

    def test_run_describe_terminate(self):
        made = self.ec2.run_instances(**{
            **BASE, "MaxCount": 2, "ClientToken": "first", "SubnetId": SUBNET, "SecurityGroupIds": [GROUP],
            "InstanceInitiatedShutdownBehavior": "terminate", "IamInstanceProfile": {"Name": "paragon-worker"},
            "TagSpecifications": [{"ResourceType": "instance", "Tags": [{"Key": "paragon:deployment", "Value": "a<&>b"},
                                                                        {"Key": "Name", "Value": "\u6f22"}]}],
            "MetadataOptions": {"HttpTokens": "required"}, "CreditSpecification": {"CpuCredits": "standard"},
            "InstanceType": "t3.micro"})
        ids = [one["InstanceId"] for one in made["Instances"]]
        self.assertEqual(len(set(ids)), 2)
        first = made["Instances"][0]
        self.assertEqual(first["State"], {"Code": 0, "Name": "pending"})
        self.assertEqual(first["SubnetId"], SUBNET)
        self.assertEqual(first["ClientToken"], "first")
        self.assertRegex(first["PrivateIpAddress"], r"127\.0\.\d+\.\d+")
        self.assertNotEqual(first["PrivateIpAddress"], made["Instances"][1]["PrivateIpAddress"])
        self.assertEqual(first["SecurityGroups"], [{"GroupId": GROUP, "GroupName": "paragon-worker"}])
        self.assertTrue(first["IamInstanceProfile"]["Arn"].endswith(":instance-profile/paragon-worker"))
        by_tag = [{"Name": "tag:paragon:deployment", "Values": ["a<*"]},
                  {"Name": "instance-state-name", "Values": ["pending", "running"]}]
        found = self.ec2.describe_instances(Filters=by_tag)["Reservations"]
        self.assertEqual([one["InstanceId"] for one in found[0]["Instances"]], ids)
        self.assertIn({"Key": "Name", "Value": "\u6f22"}, found[0]["Instances"][0]["Tags"])
        for one in ids:
            self.until_state(one, "running")
        changes = self.ec2.terminate_instances(InstanceIds=ids)["TerminatingInstances"]
        self.assertEqual(changes[0]["PreviousState"], {"Code": 16, "Name": "running"})
        gone = self.until_state(ids[0], "terminated")
        self.assertEqual(gone["reason"], "Client.UserInitiatedShutdown")
        again = self.ec2.terminate_instances(InstanceIds=ids)["TerminatingInstances"]
        self.assertEqual(again[0]["CurrentState"], {"Code": 48, "Name": "terminated"})
        listed = self.ec2.describe_instances(InstanceIds=[ids[0]])["Reservations"][0]["Instances"][0]
        self.assertEqual(listed["StateReason"]["Code"], "Client.UserInitiatedShutdown")
        self.assertNotIn("PrivateIpAddress", listed)

    def test_token(self):
        first = self.run_instance(ClientToken="once")
        self.assertEqual(self.run_instance(ClientToken="once"), first)
        self.run_refused("IdempotentParameterMismatch", ClientToken="once")
        self.run_refused("InvalidParameterValue", ClientToken="x" * 65)
        self.ec2.terminate_instances(InstanceIds=[first])
        self.assertEqual(self.run_instance(ClientToken="once"), first)
        # A refusal does not use the token up.
        self.server.control("capacity", type="c5.large", left=0)
        self.run_refused("InsufficientInstanceCapacity", 500, InstanceType="c5.large", ClientToken="later")
        self.server.control("capacity", type="c5.large", left=1)
        self.run_instance(InstanceType="c5.large", ClientToken="later")
        self.server.control("capacity", type="c5.large")

    def test_what_run_refuses(self):
        for code, more in (
                ("InvalidAMIID.NotFound", {"ImageId": "ami-0a1b2c3d4e5f6ffff"}),
                ("InvalidAMIID.Malformed", {"ImageId": "image"}),
                ("InvalidParameterValue", {"InstanceType": "m5.tiny"}),
                ("InvalidParameterValue", {"InstanceType": "c6g.large"}),  # an arm64 type, an x86_64 image
                ("InvalidParameterValue", {"MinCount": 3, "MaxCount": 2}),
                ("InvalidParameterValue", {"MinCount": 0}),
                ("InvalidSubnetID.NotFound", {"SubnetId": "subnet-0a1b2c3d4e5f6ffff"}),
                ("InvalidGroup.NotFound", {"SecurityGroupIds": ["sg-0a1b2c3d4e5f6ffff"]}),
                ("InvalidParameterCombination", {"SecurityGroups": ["default"], "SubnetId": SUBNET}),
                ("InvalidParameterCombination", {"SubnetId": SUBNET, "NetworkInterfaces": [{"DeviceIndex": 0}]}),
                ("InvalidParameterValue", {"Placement": {"AvailabilityZone": "us-east-1b"}, "SubnetId": SUBNET}),
                ("InvalidParameterValue", {"IamInstanceProfile": {"Name": "nobody"}}),
                ("InvalidParameterValue", {"UserData": "x" * 16385}),
                ("InvalidParameterValue", {"InstanceInitiatedShutdownBehavior": "end"}),
                ("InvalidParameterValue", {"TagSpecifications": [{"ResourceType": "instance", "Tags": [
                    {"Key": "a", "Value": "1"}, {"Key": "a", "Value": "2"}]}]}),
                ("InvalidParameterValue", {"TagSpecifications": [{"ResourceType": "instance", "Tags": [
                    {"Key": "aws:a", "Value": "1"}]}]}),
                ("InvalidParameterValue", {"MetadataOptions": {"HttpTokens": "never"}}),
                ("InvalidKeyPair.NotFound", {"KeyName": "mine"}),
                ("UnknownParameter", {"KernelId": "aki-1"}),  # known to AWS, not to this server: it says so
                ("SpotMaxPriceTooLow", {"InstanceMarketOptions": {"MarketType": "spot",
                                                                  "SpotOptions": {"MaxPrice": "0.001"}}}),
                ("InvalidParameterCombination", {"InstanceMarketOptions": {"MarketType": "spot", "SpotOptions": {
                    "InstanceInterruptionBehavior": "stop"}}}),
                ("InvalidLaunchTemplateName.NotFoundException", {"LaunchTemplate": {"LaunchTemplateName": "none"}})):
            with self.subTest(code=code, more=str(more)[:60]):
                self.run_refused(code, **more)
        self.refused("MissingParameter", 400, self.ec2.run_instances, InstanceType="m5.large", MinCount=1, MaxCount=1)

    def test_dry_run(self):
        before = len(self.server.state()["instances"])
        self.run_refused("DryRunOperation", 412, DryRun=True)
        self.run_refused("InvalidAMIID.NotFound", DryRun=True, ImageId="ami-0a1b2c3d4e5f6ffff")
        self.assertEqual(len(self.server.state()["instances"]), before)
        self.refused("DryRunOperation", 412, self.ec2.describe_instances, DryRun=True)
        self.refused("DryRunOperation", 412, self.ec2.describe_images, DryRun=True)

    def test_launch_template(self):
        named = {"MinCount": 1, "MaxCount": 1, "LaunchTemplate": {"LaunchTemplateName": "paragon-worker"}}
        made = self.ec2.run_instances(**named)["Instances"][0]
        self.assertEqual((made["InstanceType"], made["SecurityGroups"][0]["GroupId"]), ("m5.large", GROUP))
        named["LaunchTemplate"]["Version"] = "$Latest"
        self.assertEqual(self.ec2.run_instances(**named)["Instances"][0]["InstanceType"], "c5.large")
        self.assertEqual(self.ec2.run_instances(**named, InstanceType="c5.xlarge")["Instances"][0]["InstanceType"],
                         "c5.xlarge")
        named["LaunchTemplate"]["Version"] = "9"
        self.refused("InvalidLaunchTemplateId.VersionNotFound", 400, self.ec2.run_instances, **named)

    def test_spot(self):
        market = {"MarketType": "spot", "SpotOptions": {"MaxPrice": "0.05", "SpotInstanceType": "one-time"}}
        made = self.ec2.run_instances(**BASE, InstanceMarketOptions=market)["Instances"][0]
        self.assertEqual(made["InstanceLifecycle"], "spot")
        self.assertRegex(made["SpotInstanceRequestId"], "sir-[0-9a-f]{8}")

    def test_quota(self):
        self.server.control("quota", code="L-34B43A08", value=3)
        self.run_refused("MaxSpotInstanceCountExceeded", InstanceType="c5.xlarge",
                         InstanceMarketOptions={"MarketType": "spot"})
        self.server.control("quota", code="L-1216C47A", value=1)
        self.run_refused("VcpuLimitExceeded")
        self.server.control("quota", code="L-34B43A08", value=256)
        self.server.control("quota", code="L-1216C47A", value=256)

    def test_pages(self):
        ids = [one["InstanceId"] for one in self.ec2.run_instances(**{
            **BASE, "MinCount": 12, "MaxCount": 12, "TagSpecifications": [{"ResourceType": "instance", "Tags": [
                {"Key": "paged", "Value": "yes"}]}]})["Instances"]]
        wanted = [{"Name": "tag:paged", "Values": ["yes"]}]
        for empty in (False, True):
            self.server.control("settings", empty_pages=empty)
            pages = list(self.ec2.get_paginator("describe_instances").paginate(
                Filters=wanted, PaginationConfig={"PageSize": 5}))
            found = [[one["InstanceId"] for held in page["Reservations"] for one in held["Instances"]]
                     for page in pages]
            self.assertEqual(sum(found, []), ids)
            self.assertEqual([len(page) for page in found], [0, 5, 0, 5, 0, 2] if empty else [5, 5, 2])
        first = self.ec2.describe_instances(Filters=wanted, MaxResults=5)
        self.refused("InvalidNextToken", 400, self.ec2.describe_instances, MaxResults=5, NextToken=first["NextToken"])
        self.refused("InvalidNextToken", 400, self.ec2.describe_instances, MaxResults=5, NextToken="more")
        self.refused("InvalidParameterCombination", 400, self.ec2.describe_instances, InstanceIds=ids, MaxResults=5)
        self.refused("InvalidParameterValue", 400, self.ec2.describe_instances, MaxResults=4)
        self.refused("InvalidParameterValue", 400, self.ec2.describe_instances, MaxResults=1001)
        self.ec2.terminate_instances(InstanceIds=ids)

    def test_unknown_instances(self):
        self.refused("InvalidInstanceID.NotFound", 400, self.ec2.describe_instances, InstanceIds=["i-0a1b2c3d"])
        self.refused("InvalidInstanceID.Malformed", 400, self.ec2.describe_instances, InstanceIds=["x"])
        alive = self.run_instance()
        self.refused("InvalidInstanceID.NotFound", 400, self.ec2.terminate_instances, InstanceIds=[alive, "i-0a1b2c3d"])
        self.assertIn(self.seen(alive)["state"], ("pending", "running"))
        self.refused("InvalidParameterValue", 400, self.ec2.describe_instances,
                     Filters=[{"Name": "colour", "Values": ["red"]}])

    def test_not_seen_at_first(self):
        self.server.control("settings", consistency_s=600)
        made = self.run_instance(ClientToken="unseen")
        self.refused("InvalidInstanceID.NotFound", 400, self.ec2.describe_instances, InstanceIds=[made])
        self.refused("InvalidInstanceID.NotFound", 400, self.ec2.terminate_instances, InstanceIds=[made])
        self.server.control("settings", consistency_s=0)
        self.assertEqual(len(self.ec2.describe_instances(InstanceIds=[made])["Reservations"]), 1)

    def test_status(self):
        self.server.control("settings", boot_s=600)
        made = self.run_instance()
        self.server.control("settings", boot_s=0.2)
        self.assertEqual(self.ec2.describe_instance_status(InstanceIds=[made])["InstanceStatuses"], [])
        every = self.ec2.describe_instance_status(InstanceIds=[made], IncludeAllInstances=True)["InstanceStatuses"]
        self.assertEqual(every[0]["InstanceStatus"]["Status"], "not-applicable")
        made = self.run_instance()
        self.until(lambda: [one for one in self.ec2.describe_instance_status(InstanceIds=[made])["InstanceStatuses"]
                            if one["InstanceStatus"]["Status"] == "ok"], "status ok")

    def test_tags(self):
        made = self.run_instance()
        self.ec2.create_tags(Resources=[made], Tags=[{"Key": "later", "Value": ""}])
        found = self.ec2.describe_instances(Filters=[{"Name": "tag-key", "Values": ["later"]}])["Reservations"]
        self.assertEqual(found[0]["Instances"][0]["InstanceId"], made)

    def test_catalogue(self):
        image = self.ec2.describe_images(ImageIds=[IMAGE])["Images"][0]
        self.assertEqual((image["Architecture"], image["State"]), ("x86_64", "available"))
        self.refused("InvalidAMIID.NotFound", 400, self.ec2.describe_images, ImageIds=["ami-0a1b2c3d4e5f6ffff"])
        self.assertEqual(len(self.ec2.describe_images(Owners=["self"])["Images"]), 1)
        self.assertEqual(len(self.ec2.describe_subnets()["Subnets"]), 3)
        self.assertEqual(self.ec2.describe_security_groups(GroupIds=[GROUP])["SecurityGroups"][0]["IpPermissions"][0][
            "FromPort"], 8100)
        kind = self.ec2.describe_instance_types(InstanceTypes=["c5.xlarge"])["InstanceTypes"][0]
        self.assertEqual((kind["VCpuInfo"]["DefaultVCpus"], kind["MemoryInfo"]["SizeInMiB"]), (4, 8192))
        self.refused("InvalidInstanceType", 400, self.ec2.describe_instance_types, InstanceTypes=["c5.tiny"])
        pages = list(self.ec2.get_paginator("describe_instance_type_offerings").paginate(
            LocationType="availability-zone", Filters=[{"Name": "instance-type", "Values": ["c5.*"]}],
            PaginationConfig={"PageSize": 5}))
        self.assertEqual(sum(len(page["InstanceTypeOfferings"]) for page in pages), 15)
        self.assertEqual(len(self.ec2.describe_availability_zones()["AvailabilityZones"]), 3)
        template = self.ec2.describe_launch_templates()["LaunchTemplates"][0]
        self.assertEqual((template["LaunchTemplateName"], template["LatestVersionNumber"]), ("paragon-worker", 2))

    def test_spot_prices(self):
        now = time.time()
        current = self.ec2.describe_spot_price_history(
            InstanceTypes=["m5.large"], ProductDescriptions=["Linux/UNIX"], StartTime=now)["SpotPriceHistory"]
        self.assertEqual({(one["AvailabilityZone"], one["SpotPrice"]) for one in current},
                         {(f"us-east-1{zone}", "0.042000") for zone in "abc"})
        every = list(self.ec2.get_paginator("describe_spot_price_history").paginate(PaginationConfig={"PageSize": 50}))
        self.assertEqual(sum(len(page["SpotPriceHistory"]) for page in every), 29 * 3 * 2)
