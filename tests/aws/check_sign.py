"""Signs generated requests of every kind with botocore and with Paragon, and compares all headers added.

What is drawn: methods; paths that are plain, need escapes, hold dot segments and double slashes; queries that are
unsorted, repeat, are empty, need escapes or are not ASCII; headers that repeat, are empty, have runs of blanks or are
changed by proxies; bodies of any text; with and without session token; services with and without S3's rules.
"""

import calendar
import datetime
import random
import unittest.mock
from urllib.parse import quote

import with_botocore

import botocore.auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

CASES = 600
TEXT = "abcXYZ019-._~ /:+%&=?,;'\"!*()@#$[]{}|\\^`<>\u00e9\u00df\u6f22\U0001f600"
NAMES = ["X-Amz-Target", "x-amz-log-type", "X-Amz-Invocation-Type", "Content-Type", "X-A", "x-b", "User-Agent",
         "Expect", "X-Amzn-Trace-Id"]
ESCAPED = ["a", "function", "arn%3Aaws%3Alambda", "2015-03-31", "with%20space", "%C3%A9", "x~y", ".", "..", "", "a:b",
           "a$b", "a%2Fb"]


def text(draw, longest):
    return "".join(draw.choice(TEXT) for _ in range(draw.randrange(longest + 1)))


def value(draw):
    return draw.choice(["", "1", "a  b", "  a   b  ", "a\tb", "x/y;z=1", "caf\u00e9", "application/json"])


def case(draw):
    service = draw.choice(["ec2", "lambda", "lambda", "sts", "s3", "pricing"])
    host = draw.choice([f"{service}.eu-central-1.amazonaws.com", "localhost:4566", "127.0.0.1:8443", "[::1]:8443"])
    names = [name for name in NAMES if draw.random() < 0.3]
    return {
        "method": draw.choice(["GET", "HEAD", "POST", "PUT", "DELETE"]),
        "host": host,
        "path": "/" + "/".join(draw.choice(ESCAPED) for _ in range(draw.randrange(5))),
        "query": [[draw.choice(["a", "b", "Qualifier", "", text(draw, 4)]), text(draw, 6)]
                  for _ in range(draw.choice([0, 0, 1, 2, 5]))],
        "headers": [[name, value(draw)] for name in names for _ in range(draw.choice([1, 1, 2]))],
        "body": text(draw, 40) if draw.random() < 0.6 else "",
        "service": service,
        "region": draw.choice(["eu-central-1", "us-gov-west-1", "cn-north-1"]),
        "key": "AKIDEXAMPLE",
        "secret": "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
        "token": draw.choice(["", "IQoJb3JpZ2luX2VjEA//=="]),
        "time": draw.randrange(1_400_000_000, 2_000_000_000),
    }


def by_botocore(asked, query_in_url):
    """The headers that botocore adds, and its canonical request."""
    pairs = [tuple(pair) for pair in asked["query"]]
    url = f"https://{asked['host']}{asked['path']}"
    if query_in_url and pairs:
        url += "?" + "&".join(f"{quote(k, safe='-_.~')}={quote(v, safe='-_.~')}" for k, v in pairs)
    request = AWSRequest(method=asked["method"], url=url, params={} if query_in_url else pairs,
                         data=asked["body"].encode())
    request.headers["Host"] = asked["host"]
    for name, given in asked["headers"]:
        request.headers[name] = given  # adds, as headers of a message do
    before = [name.lower() for name in request.headers.keys()]
    kind = botocore.auth.S3SigV4Auth if asked["service"] == "s3" else botocore.auth.SigV4Auth
    signer = kind(Credentials(asked["key"], asked["secret"], asked["token"] or None), asked["service"], asked["region"])
    kept = []
    canonical = signer.canonical_request
    signer.canonical_request = lambda r: kept.append(canonical(r)) or kept[-1]
    moment = datetime.datetime(1970, 1, 1) + datetime.timedelta(seconds=asked["time"])
    assert calendar.timegm(moment.timetuple()) == asked["time"]
    # Older ones read the clock themselves, newer ones through a function.
    if hasattr(botocore.auth, "get_current_datetime"):
        clock = unittest.mock.patch("botocore.auth.get_current_datetime", lambda *_, **__: moment)
    else:
        clock = unittest.mock.patch("botocore.auth.datetime", unittest.mock.Mock(
            wraps=datetime, datetime=unittest.mock.Mock(utcnow=lambda: moment, strptime=datetime.datetime.strptime)))
    with clock:
        signer.add_auth(request)
    added = {name.lower(): given for name, given in request.headers.items() if name.lower() not in before}
    return added, kept[0]


def main():
    probe = with_botocore.probe_path(__doc__)
    draw = random.Random(20150830)
    cases = [case(draw) for _ in range(CASES)]
    wrong = []
    for number, (asked, answer) in enumerate(zip(cases, with_botocore.ask(probe, "sign", cases))):
        theirs, canonical = by_botocore(asked, query_in_url=number % 2 == 0)
        ours = {name.lower(): given for name, given in answer.get("headers", [])}
        if ours != theirs:
            wrong.append(f"case {number}: {asked}\n  ours   {answer.get('error') or ours}\n  theirs {theirs}\n"
                         f"  ours   {answer.get('canonical')!r}\n  theirs {canonical!r}")
    with_botocore.finish("requests signed", CASES, wrong)


if __name__ == "__main__":
    main()
