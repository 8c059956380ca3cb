"""S3, just enough to fetch an artifact: GET and HEAD of an object that the control has put, by path."""

import hashlib
import os
from urllib.parse import unquote

import estate
from message import Answer, leaf
from refusal import Refusal
from service import Service


class S3(Service):
    name = "s3"
    regions = (estate.REGION,)

    def action_of(self, request):
        bucket, _, key = request.path.lstrip("/").partition("/")
        if request.method not in ("GET", "HEAD") or not key or request.query:
            raise Refusal("NotImplemented", "only GET and HEAD of /BUCKET/KEY are understood here", 501)
        return request.method.title() + "Object", {"Bucket": unquote(bucket), "Key": unquote(key)}

    def perform(self, action, request, principal, call):
        bucket, key = call.parameters["Bucket"], call.parameters["Key"]
        why = self.world.refused_because(principal, "s3:GetObject", f"arn:aws:s3:::{bucket}/{key}", {})
        if why:
            raise Refusal("AccessDenied", f"User: {principal.arn} is not authorized to perform: s3:GetObject {why}",
                          403)
        path = self.world.object_path(bucket, key)
        if not os.path.isfile(path):
            raise Refusal("NoSuchKey", "The specified key does not exist.", 404)
        with open(path, "rb") as file:
            content = file.read()
        tag = hashlib.md5(content, usedforsecurity=False).hexdigest()
        return Answer(200, content, "binary/octet-stream", {"ETag": f'"{tag}"', "x-amz-request-id": request.id})

    def refusal(self, refused, request_id):
        body = (f'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{leaf(refused.code)}</Code>'
                f"<Message>{leaf(refused.message)}</Message><RequestId>{request_id}</RequestId></Error>")
        return Answer(refused.status, body.encode(), "application/xml", {"x-amz-request-id": request_id}, refused.code)

    def unproven(self, kind, why):
        codes = {"missing": "AccessDenied", "unknown_key": "InvalidAccessKeyId", "token": "InvalidToken",
                 "late": "RequestTimeTooSkewed", "scope": "AuthorizationHeaderMalformed",
                 "incomplete": "AuthorizationHeaderMalformed", "expired": "ExpiredToken"}
        malformed = kind in ("scope", "incomplete", "token", "expired")
        return Refusal(codes.get(kind, "SignatureDoesNotMatch"), why, 400 if malformed else 403)

    def throttled(self):
        return Refusal("SlowDown", "Please reduce your request rate.", 503)

    def broken(self):
        return Refusal("InternalError", "We encountered an internal error. Please try again.", 500)
