"""EC2's query API, version 2016-11-15: reading requests, permissions, refusals. The actions are in ec2_*.py."""

import ec2_catalogue
import ec2_instances
import ec2_run
import estate
import query
import shapes
from ec2_shapes import SHAPES
from keys import ACCOUNT
from message import Answer, document, leaf, xml_of
from refusal import Misfit, Refusal
from service import Service

VERSION = "2016-11-15"
NAMESPACE = f"http://ec2.amazonaws.com/doc/{VERSION}/"
ACTIONS = {
    "RunInstances": ec2_run.run_instances,
    "TerminateInstances": ec2_instances.terminate_instances,
    "DescribeInstances": ec2_instances.describe_instances,
    "DescribeInstanceStatus": ec2_instances.describe_instance_status,
    "CreateTags": ec2_instances.create_tags,
    "DescribeSpotPriceHistory": ec2_catalogue.describe_spot_price_history,
    "DescribeImages": ec2_catalogue.describe_images,
    "DescribeSubnets": ec2_catalogue.describe_subnets,
    "DescribeSecurityGroups": ec2_catalogue.describe_security_groups,
    "DescribeInstanceTypes": ec2_catalogue.describe_instance_types,
    "DescribeInstanceTypeOfferings": ec2_catalogue.describe_instance_type_offerings,
    "DescribeAvailabilityZones": ec2_catalogue.describe_availability_zones,
    "DescribeLaunchTemplates": ec2_catalogue.describe_launch_templates,
}


class Ec2(Service):
    name = "ec2"
    regions = (estate.REGION,)

    def action_of(self, request):
        return query.action_of(request, VERSION, ACTIONS)

    def perform(self, action, request, principal, call):
        try:
            parameters = shapes.from_query(SHAPES[action], call.parameters.items())
        except Misfit as misfit:
            raise refusal_of(misfit) from None
        answer = ACTIONS[action](Asking(self.world, action, principal, parameters))
        inside = f"<requestId>{request.id}</requestId>" + xml_of(answer)
        return Answer(200, document(action + "Response", NAMESPACE, inside))

    def refusal(self, refused, request_id):
        body = ('<?xml version="1.0" encoding="UTF-8"?>\n<Response><Errors><Error>'
                f"<Code>{leaf(refused.code)}</Code><Message>{leaf(refused.message)}</Message></Error></Errors>"
                f"<RequestID>{request_id}</RequestID></Response>")
        return Answer(refused.status, body.encode(), code=refused.code)

    def unproven(self, kind, why):
        if kind == "missing":
            return Refusal("MissingAuthenticationToken", "Request is missing Authentication Token", 403)
        if kind == "incomplete":
            return Refusal("IncompleteSignature", why)
        if kind in ("late", "expired"):
            return Refusal("RequestExpired", "Request has expired." if kind == "expired" else why)
        return Refusal("AuthFailure", "AWS was not able to validate the provided access credentials", 401)

    def throttled(self):
        return Refusal("RequestLimitExceeded", "Request limit exceeded.", 503)

    def broken(self):
        return Refusal("InternalError", "An internal error has occurred", 500)


def refusal_of(misfit):
    if misfit.kind == "unknown":
        return Refusal("UnknownParameter", f"The parameter {misfit.name} is not recognized (not by this test "
                                           "server, that is)")
    if misfit.kind == "missing":
        return Refusal("MissingParameter", f"The request must contain the parameter {misfit.name}")
    return Refusal("InvalidParameterValue", f"Invalid value for {misfit.name}: {misfit.why}")


class Asking:
    """One request as an action sees it."""

    def __init__(self, world, action, principal, parameters):
        self.world, self.action, self.principal, self.parameters = world, action, principal, parameters

    def get(self, name, otherwise=None):
        return self.parameters.get(name, otherwise)

    def may(self, resource="*", action=None, keys=None):
        """Raises UnauthorizedOperation unless the principal may do it to the resource (an ARN's end, or an ARN)."""
        action = action or "ec2:" + self.action
        if resource != "*" and not resource.startswith("arn:"):
            owner = "" if resource.startswith("image/") else ACCOUNT
            resource = f"arn:aws:ec2:{estate.REGION}:{owner}:{resource}"
        keys = {"aws:RequestedRegion": estate.REGION, "ec2:Region": estate.REGION, **(keys or {})}
        why = self.world.refused_because(self.principal, action, resource, keys)
        if why:
            raise Refusal("UnauthorizedOperation", "You are not authorized to perform this operation. User: "
                          f"{self.principal.arn} is not authorized to perform: {action} on resource: {resource} {why}.",
                          403)

    def stop_if_dry(self):
        if self.get("DryRun"):
            raise Refusal("DryRunOperation", "Request would have succeeded, but DryRun flag is set.", 412)
