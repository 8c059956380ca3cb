"""The server's reading of signatures beside botocore's writing of them, for generated requests.

What botocore signs must be let in; the same with any one thing changed must not be.
"""

import random
import sys
import unittest
from urllib.parse import quote

import botocore.auth
import botocore.awsrequest
import botocore.credentials

import harness

sys.path.append(harness.SERVER)
import keys  # noqa: E402
import message  # noqa: E402
import sigv4  # noqa: E402

CASES = 300
REGION = harness.REGION
PARTS = ["a", "2015-03-31", "functions", "arn%3Aaws%3Alambda", "with%20space", "%C3%A9", "x~y", ".", "..", "", "a:b",
         "a%2Fb", "a+b", "a*b"]
VALUES = ["", "1", "a  b", "  a   b  ", "x/y;z=1", "application/json", "\u00e9"]
NAMES = ["X-Amz-Target", "X-Amz-Log-Type", "X-Amz-Invocation-Type", "X-Other", "Range"]


def case(draw):
    service = draw.choice(["ec2", "lambda", "sts", "s3", "pricing"])
    text = "".join(draw.choice("ab019-._~ /:+%&=?\u00e9\u6f22") for _ in range(draw.randrange(6)))
    pairs = [(draw.choice(["a", "b", "Qualifier", text]), draw.choice(VALUES + [text]))
             for _ in range(draw.randrange(4))]
    path = "/" + "/".join(draw.choice(PARTS) for _ in range(draw.randrange(5)))
    if service == "s3":
        path = "/".join(quote(part) for part in path.replace("%", "").split("/"))
    return {"service": service, "method": draw.choice(["GET", "POST", "PUT", "DELETE"]), "path": path,
            "query": "&".join(f"{quote(name, safe='-_.~')}={quote(value, safe='-_.~')}" for name, value in pairs),
            "headers": {name: draw.choice(VALUES) for name in NAMES if draw.random() < 0.4},
            "body": text if draw.random() < 0.6 else ""}


def signed(asked, principal):
    """The request as it arrives at the server."""
    url = f"http://127.0.0.1:4566{asked['path']}" + ("?" + asked["query"] if asked["query"] else "")
    request = botocore.awsrequest.AWSRequest(asked["method"], url, data=asked["body"].encode(),
                                             headers={"Content-Type": "text/plain", **asked["headers"]})
    signer = botocore.auth.S3SigV4Auth if asked["service"] == "s3" else botocore.auth.SigV4Auth
    who = botocore.credentials.Credentials(principal.key, principal.secret, principal.token or None)
    signer(who, asked["service"], REGION).add_auth(request)
    headers = [(name.lower(), value if isinstance(value, str) else value.decode()) for name, value in
               request.headers.items()]
    # As HTTP carries them: bytes, of which the server's reader makes Latin-1.
    headers = [(name, value.encode().decode("latin-1")) for name, value in headers]
    return message.Request(asked["method"], asked["path"], asked["query"], [("host", "127.0.0.1:4566"), *headers],
                           asked["body"].encode())


def changed(draw, request):
    """The same request with one thing in it another one."""
    kind = draw.choice(["method", "path", "query", "body", "header", "more", "signature"])
    if kind == "method":
        request.method = "PATCH"
    elif kind == "path":
        request.path += "x"
    elif kind == "query":
        request.query += ("&" if request.query else "") + "more=1"
    elif kind == "body":
        request.body += b"x"
    elif kind == "more":
        request.headers.append(("x-amz-more", "1"))
    else:
        name = {"header": "content-type", "signature": "authorization"}[kind]
        request.headers = [(other, value[:-1] + ("0" if value[-1] != "0" else "1") if other == name else value)
                           for other, value in request.headers]
    return kind


class Generated(unittest.TestCase):
    def test_generated(self):
        draw, known = random.Random(5), keys.Keys()
        session = known.session("paragon-worker", "check", 900)
        for number in range(CASES):
            asked, principal = case(draw), draw.choice([keys.FULL, session])
            with self.subTest(number=number, asked=asked):
                request = signed(asked, principal)
                self.assertIs(sigv4.verify(request, asked["service"], (REGION,), known), principal)
                kind = changed(draw, request)
                with self.assertRaises(sigv4.Unproven, msg=kind):
                    sigv4.verify(request, asked["service"], (REGION,), known)
