"""STS's query API: who one is, and sessions of roles, for a web identity token or for keys."""

import estate
import query
import shapes
from keys import ACCOUNT
from message import Answer, document, leaf, xml_of
from metadata import stamp
from refusal import Misfit, Refusal
from service import Service
from shapes import Fields, Number, Text

VERSION = "2011-06-15"
NAMESPACE = f"https://sts.amazonaws.com/doc/{VERSION}/"
SHAPES = {
    "GetCallerIdentity": Fields({}),
    "AssumeRole": Fields({
        "RoleArn": Text(20, 2048), "RoleSessionName": Text(2, 64, pattern=r"[\w+=,.@-]*"),
        "ExternalId": Text(2, 1224, pattern=r"[\w+=,.@:\\/-]*"), "DurationSeconds": Number(900, 43200)},
        ("RoleArn", "RoleSessionName")),
    "AssumeRoleWithWebIdentity": Fields({
        "RoleArn": Text(20, 2048), "RoleSessionName": Text(2, 64, pattern=r"[\w+=,.@-]*"),
        "WebIdentityToken": Text(4, 20000), "DurationSeconds": Number(900, 43200)},
        ("RoleArn", "RoleSessionName", "WebIdentityToken")),
}


class Sts(Service):
    name = "sts"
    regions = (estate.REGION,)

    def action_of(self, request):
        action, pairs = query.action_of(request, VERSION, SHAPES)
        return action, {name: "(secret)" if name == "WebIdentityToken" else value for name, value in pairs.items()}

    def needs_signature(self, action):
        return action != "AssumeRoleWithWebIdentity"

    def perform(self, action, request, principal, call):
        try:
            parameters = shapes.from_query(SHAPES[action], query.action_of(request, VERSION, SHAPES)[1].items())
        except Misfit as misfit:
            raise Refusal("ValidationError", f"1 validation error detected: '{misfit.name}': {misfit.why}") from None
        if action == "GetCallerIdentity":
            result = {"Arn": principal.arn, "UserId": principal.user_id, "Account": ACCOUNT}
        elif action == "AssumeRole":
            result = self._of_role(parameters, principal)
        else:
            result = self._of_web_identity(parameters)
        inside = (f"<{action}Result>{xml_of(result)}</{action}Result><ResponseMetadata><RequestId>{request.id}"
                  "</RequestId></ResponseMetadata>")
        return Answer(200, document(action + "Response", NAMESPACE, inside), "text/xml",
                      {"x-amzn-RequestId": request.id})

    def _of_role(self, parameters, principal):
        arn, seconds = parameters["RoleArn"], parameters.get("DurationSeconds", 3600)
        why = self.world.refused_because(principal, "sts:AssumeRole", arn, {})
        if why or arn not in estate.ROLES or estate.ROLES[arn] not in (None, parameters.get("ExternalId")):
            raise Refusal("AccessDenied", f"User: {principal.arn} is not authorized to perform: sts:AssumeRole on "
                                          f"resource: {arn}", 403)
        if ":assumed-role/" in principal.arn and seconds > 3600:
            raise Refusal("ValidationError", "The requested DurationSeconds exceeds the 1 hour session limit for roles "
                                             "assumed by role chaining")
        return self._lent(arn.rpartition("/")[2], parameters["RoleSessionName"], seconds)

    def _of_web_identity(self, parameters):
        role = estate.WEB_ROLES.get(parameters["RoleArn"])
        if parameters["WebIdentityToken"] != estate.WEB_TOKEN:
            raise Refusal("InvalidIdentityToken", "No OpenIDConnect provider found in your account for the token")
        if role is None:
            raise Refusal("AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity", 403)
        return {"SubjectFromWebIdentityToken": "system:serviceaccount:paragon:controller",
                "Audience": "sts.amazonaws.com",
                **self._lent(role, parameters["RoleSessionName"], parameters.get("DurationSeconds", 3600)),
                "Provider": "arn:aws:iam::123456789012:oidc-provider/paragon"}

    def _lent(self, role, name, seconds):
        made = self.world.keys.session(role, name, seconds)
        return {"AssumedRoleUser": {"Arn": made.arn, "AssumedRoleId": made.user_id},
                "Credentials": {"AccessKeyId": made.key, "SecretAccessKey": made.secret, "SessionToken": made.token,
                                "Expiration": stamp(made.expires)}}

    def refusal(self, refused, request_id):
        side = "Receiver" if refused.status >= 500 else "Sender"
        inside = (f"<Error><Type>{side}</Type><Code>{leaf(refused.code)}</Code>"
                  f"<Message>{leaf(refused.message)}</Message></Error><RequestId>{request_id}</RequestId>")
        return Answer(refused.status, document("ErrorResponse", NAMESPACE, inside), "text/xml",
                      {"x-amzn-RequestId": request_id}, refused.code)

    def unproven(self, kind, why):
        codes = {"missing": "MissingAuthenticationToken", "incomplete": "IncompleteSignature",
                 "expired": "ExpiredToken", "unknown_key": "InvalidClientTokenId", "token": "InvalidClientTokenId"}
        return Refusal(codes.get(kind, "SignatureDoesNotMatch"), why, 403)

    def throttled(self):
        return Refusal("Throttling", "Rate exceeded")

    def broken(self):
        return Refusal("InternalFailure", "The request processing has failed.", 500)
