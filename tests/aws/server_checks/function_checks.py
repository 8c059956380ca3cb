"""Lambda: functions made, changed, listed and deleted, and who may."""

import os

from lambda_case import ARN, CODE, ROLE, LambdaCase, archive


class Functions(LambdaCase):
    def test_life(self):
        self.server.control("settings", function_s=600)
        made = self.create("life", wait=False, MemorySize=512, Tags={"paragon:deployment": "a"},
                           variables={"EXTRA": "\u00e9"}, Description="d")
        self.assertEqual((made["State"], made["FunctionArn"], made["CodeSize"]), ("Pending", ARN + "life", len(CODE)))
        self.refused("ResourceConflictException", 409, self.invoke, "life")
        self.refused("ResourceConflictException", 409, self.client.update_function_configuration, FunctionName="life",
                     MemorySize=256)
        self.refused("ResourceConflictException", 409, self.create, "life", wait=False)
        self.server.control("settings", function_s=0.1)
        self.wait("life")
        first, failed = self.invoke("life", {"a": "\u6f22"})
        self.assertIsNone(failed)
        self.assertEqual((first["event"], first["memory"], first["extra"], first["arn"]),
                         ({"a": "\u6f22"}, "512", "\u00e9", ARN + "life"))
        self.assertLess(0, first["deadline_in_ms"])
        self.assertGreater(10_001, first["deadline_in_ms"])
        self.assertFalse({"HOSTNAME", "OLDPWD"} & set(first["names"]))
        again, _ = self.invoke(ARN + "life")
        self.assertEqual(again["pid"], first["pid"])
        held = self.client.get_function(FunctionName="life")
        self.assertEqual(held["Tags"], {"paragon:deployment": "a"})
        self.client.tag_resource(Resource=ARN + "life", Tags={"more": "b"})
        self.assertEqual(self.client.list_tags(Resource=ARN + "life")["Tags"], {"paragon:deployment": "a", "more": "b"})
        self.server.control("settings", function_s=600)
        changed = self.client.update_function_configuration(FunctionName="life", MemorySize=1024)
        self.assertEqual((changed["LastUpdateStatus"], changed["MemorySize"]), ("InProgress", 1024))
        self.refused("ResourceConflictException", 409, self.client.update_function_code, FunctionName="life",
                     ZipFile=CODE)
        self.assertEqual(self.invoke("life")[0]["memory"], "512")  # as it was, until the update is through
        self.server.control("settings", function_s=0.1)
        self.wait("life")
        self.assertEqual(self.invoke("life")[0]["memory"], "1024")
        self.assertNotEqual(self.invoke("life")[0]["pid"], first["pid"])
        self.client.update_function_code(FunctionName="life", ZipFile=archive({"bootstrap": "#!/bin/sh\nexit 9\n"}))
        self.wait("life")
        self.assertEqual(self.invoke("life")[0]["errorType"], "Runtime.ExitError")
        self.refused("PreconditionFailedException", 412, self.client.update_function_code, FunctionName="life",
                     ZipFile=CODE, RevisionId=made["RevisionId"])
        self.client.delete_function(FunctionName="life")
        self.refused("ResourceNotFoundException", 404, self.invoke, "life")
        self.refused("ResourceNotFoundException", 404, self.client.delete_function, FunctionName="life")
        self.until(lambda: self.known("life")["environments_alive"] == 0, "its environments gone")

    def test_what_create_refuses(self):
        for code, more in (
                ("InvalidParameterValueException", {"Code": {"ZipFile": b"no zip"}}),
                ("InvalidParameterValueException", {"Code": {"ZipFile": archive({"other": "x"})}}),
                ("InvalidParameterValueException", {"Code": {"ZipFile": archive(mode=0o644)}}),
                ("InvalidParameterValueException", {"Code": {"ZipFile": archive({"bootstrap": "", "../x": ""})}}),
                ("InvalidParameterValueException", {"Code": {"S3Bucket": "artifacts", "S3Key": "none.zip"}}),
                ("InvalidParameterValueException", {"Role": "arn:aws:iam::123456789012:role/nobody"}),
                ("ValidationException", {"Role": "paragon-function"}),
                ("ValidationException", {"MemorySize": 127}), ("ValidationException", {"MemorySize": 10241}),
                ("ValidationException", {"Timeout": 901}), ("ValidationException", {"Runtime": "provided.al1"}),
                ("ValidationException", {"FunctionName": "a b"}), ("ValidationException", {"FunctionName": "x" * 65}),
                ("InvalidParameterValueException", {"Environment": {"Variables": {"AWS_REGION": "x"}}}),
                ("InvalidParameterValueException", {"Environment": {"Variables": {"LONG": "x" * 4096}}}),
                ("ValidationException", {"Environment": {"Variables": {"1A": "x"}}})):
            with self.subTest(code=code, more=str(more)[:60]):
                self.refused(code, 400, self.create, more.pop("FunctionName", "wrong"), wait=False, **more)

    def test_code_in_s3(self):
        path = os.path.join(self.seen(self.run_instance(script=None))["folder"], "code.zip")
        with open(path, "wb") as file:
            file.write(CODE)
        self.server.control("object", bucket="artifacts", key="worker/v1.zip", file=path)
        made = self.create("s3", Code={"S3Bucket": "artifacts", "S3Key": "worker/v1.zip"})
        self.assertEqual(made["CodeSize"], len(CODE))
        self.assertIsNone(self.invoke("s3")[1])

    def test_pages(self):
        names = [f"page-{i}" for i in range(5)]
        for name in names:
            self.create(name, wait=False)
        pages = list(self.client.get_paginator("list_functions").paginate(PaginationConfig={"PageSize": 2}))
        found = [one["FunctionName"] for page in pages for one in page["Functions"]]
        self.assertEqual([name for name in found if name in names], names)
        self.assertTrue(all(len(page["Functions"]) <= 2 for page in pages))
        self.refused("InvalidParameterValueException", 400, self.client.list_functions, Marker="x")

    def test_versions(self):
        self.create("versions")
        one = self.client.publish_version(FunctionName="versions")["Version"]
        self.assertEqual((one, self.client.publish_version(FunctionName="versions")["Version"]), ("1", "1"))
        self.client.update_function_configuration(FunctionName="versions", MemorySize=256)
        self.wait("versions")
        self.assertEqual(self.client.publish_version(FunctionName="versions")["Version"], "2")
        self.assertEqual([self.invoke("versions", Qualifier=number)[0]["memory"] for number in ("1", "2")],
                         ["128", "256"])
        self.assertEqual(self.invoke(ARN + "versions:2")[0]["arn"], ARN + "versions:2")
        self.refused("ResourceNotFoundException", 404, self.invoke, "versions", Qualifier="3")
        self.assertEqual(len(self.client.list_versions_by_function(FunctionName="versions")["Versions"]), 3)
        self.client.delete_function(FunctionName="versions", Qualifier="1")
        self.refused("ResourceNotFoundException", 404, self.invoke, "versions", Qualifier="1")
        self.refused("InvalidParameterValueException", 400, self.client.delete_function, FunctionName="versions",
                     Qualifier="$LATEST")


class Permissions(LambdaCase):
    def test_policy(self):
        allowed = {"Effect": "Allow", "Action": ["lambda:InvokeFunction", "lambda:DeleteFunction"],
                   "Resource": ARN + "*", "Condition": {"StringEquals": {"aws:ResourceTag/paragon:deployment": "a"}}}
        self.server.control("policy", policy_document={"Version": "2012-10-17", "Statement": [allowed]})
        limited = self.server.client("lambda", "limited")
        self.create("mine", Tags={"paragon:deployment": "a"})
        self.create("other", Tags={"paragon:deployment": "b"})
        limited.invoke(FunctionName="mine", InvocationType="DryRun")
        self.refused("AccessDeniedException", 403, limited.invoke, FunctionName="other")
        self.refused("AccessDeniedException", 403, limited.list_functions)
        self.refused("AccessDeniedException", 403, limited.create_function, FunctionName="third", Role=ROLE,
                     Runtime="provided.al2023", Handler="bootstrap", Code={"ZipFile": CODE})
        limited.delete_function(FunctionName="mine")

    def test_keys(self):
        wrong = self.server.client("lambda", aws_secret_access_key="x")
        self.refused("InvalidSignatureException", 403, wrong.list_functions)
        nobody = self.server.client("lambda", aws_access_key_id="AKIANOBODY0000000000")
        self.refused("UnrecognizedClientException", 403, nobody.list_functions)
        self.refused("ExpiredTokenException", 403, self.server.client("lambda", "expired").list_functions)
        self.refused("InvalidSignatureException", 403, self.server.client("lambda", region="eu-west-1").list_functions)
