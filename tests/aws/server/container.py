"""The endpoint that gives a container the credentials of its role, as Elastic Container Service has it."""

import json

import estate
from message import Answer
from metadata import stamp
from refusal import Refusal
from service import Service

ROLE = "paragon-task"
SESSION_S = 21600


class Container(Service):
    name = "container"

    def action_of(self, request):
        if request.method != "GET":
            raise Refusal("MethodNotAllowed", "only GET is understood here", 405)
        return "GetCredentials", {}

    def needs_signature(self, _action):
        return False

    def perform(self, action, request, principal, call):
        if request.path != estate.CONTAINER_PATH:
            raise Refusal("InvalidIdInRequest", "CredentialsV2Request: ID not found", 400)
        if request.header("authorization") != estate.CONTAINER_TOKEN:
            raise Refusal("AccessDenied", "The authorization token is missing, or another", 401)
        made = self.world.keys.session(ROLE, "task", SESSION_S)
        held = {"RoleArn": f"arn:aws:iam::{self.world.account}:role/{ROLE}", "AccessKeyId": made.key,
                "SecretAccessKey": made.secret, "Token": made.token, "Expiration": stamp(made.expires)}
        return Answer(200, json.dumps(held).encode(), "application/json")

    def refusal(self, refused, request_id):
        body = {"code": refused.code, "message": refused.message, "HTTPErrorCode": refused.status}
        return Answer(refused.status, json.dumps(body).encode(), "application/json", code=refused.code)

    def throttled(self):
        return Refusal("TooManyRequests", "too many requests", 429)

    def broken(self):
        return Refusal("InternalServerError", "the agent does not know", 500)
