"""The portal of single sign-on (IAM Identity Center): a role's credentials for a login's token."""

import json
from urllib.parse import parse_qsl

import estate
from message import Answer
from refusal import Refusal
from service import Service

SESSION_S = 3600


class Sso(Service):
    name = "sso"

    def action_of(self, request):
        if request.method != "GET" or request.path != "/federation/credentials":
            raise Refusal("ResourceNotFoundException", "only GetRoleCredentials is understood here", 404)
        asked = dict(parse_qsl(request.query, keep_blank_values=True))
        if set(asked) != {"role_name", "account_id"} or not all(asked.values()):
            raise Refusal("InvalidRequestException", "role_name and account_id are needed, and nothing else")
        return "GetRoleCredentials", asked

    def needs_signature(self, _action):
        return False

    def perform(self, action, request, principal, call):
        if request.header("authorization") is not None:
            raise Refusal("InvalidRequestException", "the portal's requests are not signed")
        if request.header("x-amz-sso_bearer_token") != estate.SSO_TOKEN:
            raise Refusal("UnauthorizedException", "Session token not found or invalid", 401)
        if (call.parameters["account_id"], call.parameters["role_name"]) not in estate.SSO_ROLES:
            raise Refusal("ForbiddenException", "No access", 403)
        made = self.world.keys.session("AWSReservedSSO_" + call.parameters["role_name"], "somebody", SESSION_S)
        held = {"roleCredentials": {"accessKeyId": made.key, "secretAccessKey": made.secret,
                                    "sessionToken": made.token, "expiration": int(made.expires * 1000)}}
        return Answer(200, json.dumps(held).encode(), "application/json", {"x-amzn-RequestId": request.id})

    def refusal(self, refused, request_id):
        body = {"message": refused.message, "__type": f"com.amazonaws.switchboard.portal#{refused.code}"}
        return Answer(refused.status, json.dumps(body).encode(), "application/json",
                      {"x-amzn-RequestId": request_id, "x-amzn-ErrorType": refused.code}, refused.code)

    def throttled(self):
        return Refusal("TooManyRequestsException", "HTTP 429 Unknown Code", 429)

    def broken(self):
        return Refusal("InternalFailure", "An internal error occurred.", 500)
