"""The server's tables of parameters beside botocore's service models."""

import re
import sys
import unittest

import botocore

import answers
import harness

sys.path.append(harness.SERVER)
import ec2_shapes  # noqa: E402
import lambda_shapes  # noqa: E402
import pricing  # noqa: E402
import quotas  # noqa: E402
import sts  # noqa: E402


def ec2_name(member, shape):
    """The name that a member has in EC2's queries."""
    name = shape.serialization.get("queryName") or shape.serialization.get("name", member)
    return name[0].upper() + name[1:]


def json_name(member, shape):
    return shape.serialization.get("name", member)


# What came to AWS after the model of Debian 12's botocore was made: there it may be missing.
OLD = tuple(int(part) for part in botocore.__version__.split(".")[:2]) < (1, 35)
NEWER = {"provided.al2023", "EQUALS", "CONTAINS", "ANY_OF", "NONE_OF", "LoggingConfig", "Force", "SkipOsShutdown",
         "IncludeDisabled", "Ipv6AllowedForDualStack", "DescribeImages.MaxResults",
         "DescribeImages.NextToken"} if OLD else set()


class Shapes(unittest.TestCase):
    def compare(self, ours, theirs, where, name_of):
        # User data is a string to the model; what it says is base64.
        kind = {"long": "integer", "float": "double"}.get(theirs.type_name, theirs.type_name)
        self.assertIn(kind, (ours.kind, "string" if ours.kind == "blob" else ours.kind), where)
        if kind == "structure":
            members = {name_of(name, shape): shape for name, shape in theirs.members.items()}
            for name, shape in ours.members.items():
                if {name, f"{where}.{name}"} & NEWER and name not in members:
                    continue
                self.assertIn(name, members, where)
                self.compare(shape, members[name], f"{where}.{name}", name_of)
            needed = {name_of(name, theirs.members[name]) for name in theirs.required_members}
            self.assertEqual(set(ours.needed), needed, where)
        elif kind == "list":
            self.compare(ours.member, theirs.member, where + ".N", name_of)
        elif kind == "map":
            self.compare(ours.value, theirs.value, where + ".*", name_of)
        elif kind == "string" and ours.kind == "string" and ours.among and theirs.enum:
            self.assertLessEqual(set(ours.among) - NEWER, set(theirs.enum), where)

    def test_ec2(self):
        model = harness.SESSION.get_service_model("ec2")
        for action, shape in ec2_shapes.SHAPES.items():
            self.compare(shape, model.operation_model(action).input_shape, action, ec2_name)

    def test_lambda(self):
        model = harness.SESSION.get_service_model("lambda")
        for method, path, action, query in lambda_shapes.ROUTES:
            theirs = model.operation_model(action)
            self.assertEqual((theirs.http["method"], re.sub(r"\{.*?\}", "{}", theirs.http["requestUri"].rstrip("/"))),
                             (method, path))
            members = theirs.input_shape.members if theirs.input_shape else {}
            asked = {shape.serialization["name"]: shape for shape in members.values()
                     if shape.serialization.get("location") == "querystring"}
            for name, shape in query.members.items():
                self.compare(shape, asked[name], f"{action}?{name}", json_name)
            body = {name: shape for name, shape in members.items() if "location" not in shape.serialization}
            ours = dict(lambda_shapes.BODIES[action].members) if action in lambda_shapes.BODIES else {}
            for name, shape in ours.items():
                if name in NEWER and name not in body:
                    continue
                self.compare(shape, body[name], f"{action}.{name}", json_name)
            if action != "Invoke":
                self.assertEqual(bool(ours), bool(body), action)

    def test_others(self):
        for service, shapes in (("sts", sts.SHAPES),
                                ("service-quotas", {name: one for name, (one, _) in quotas.Quotas.actions.items()}),
                                ("pricing", {name: one for name, (one, _) in pricing.Pricing.actions.items()})):
            model = harness.SESSION.get_service_model(service)
            for action, shape in shapes.items():
                theirs = model.operation_model(action).input_shape
                self.compare(shape, theirs, action, json_name)


class Answers(unittest.TestCase):
    """The last of all: what `answers` saw meanwhile."""

    def test_nothing_unknown(self):
        self.assertEqual(sorted(set(answers.WRONG)), [])

    def test_no_mistakes(self):
        if harness.Case.server:
            self.assertEqual(harness.Case.server.state()["mistakes"], [])

    def test_every_action(self):
        known = {("ec2", action) for action in ec2_shapes.SHAPES} | {("sts", action) for action in sts.SHAPES}
        known |= {("lambda", action) for _, _, action, _ in lambda_shapes.ROUTES} | {("pricing", "GetProducts")}
        known |= {("service-quotas", action) for action in quotas.Quotas.actions}
        self.assertEqual(known - answers.SEEN, set())
