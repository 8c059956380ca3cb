"""Instance metadata, version 2, of one instance: a service of its own on a port of its own."""

import datetime
import json
import secrets
import time

from listener import Handler, Listener

ROOT = "/latest/meta-data/"
ROLE = "paragon-worker"


def stamp(seconds):
    return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


class Metadata:
    def __init__(self, instance):
        self._instance = instance
        self._tokens = {}  # token to when it ends
        self._session = None
        self.asked = []  # (time, method, path, status), for the control
        self._listener = Listener(type("Asked", (Asked,), {"metadata": self})).start()
        self.url = f"http://127.0.0.1:{self._listener.port}"

    def close(self):
        self._listener.close()

    def new_token(self, ttl):
        token = secrets.token_urlsafe(40) + "=="
        self._tokens[token] = time.time() + ttl
        return token

    def knows(self, token):
        return self._tokens.get(token, 0) > time.time()

    def options(self):
        return self._instance.facts.metadata

    def _credentials(self):
        if self._session is None or self._session.expires < time.time() + 300:
            self._session = self._instance.world.keys.session(ROLE, self._instance.facts.id, 21600)
        return {"Code": "Success", "LastUpdated": stamp(self._session.expires - 21600), "Type": "AWS-HMAC",
                "AccessKeyId": self._session.key, "SecretAccessKey": self._session.secret,
                "Token": self._session.token, "Expiration": stamp(self._session.expires)}

    def tree(self):
        """Every path under latest/ and what it holds now."""
        instance = self._instance
        facts, zone = instance.facts, instance.facts.subnet.zone
        spot = facts.market == "spot"
        found = {
            "meta-data/instance-id": facts.id, "meta-data/instance-type": facts.type.name,
            "meta-data/ami-id": facts.image, "meta-data/local-ipv4": facts.private_address,
            "meta-data/local-hostname": f"ip-{facts.private_address.replace('.', '-')}.ec2.internal",
            "meta-data/placement/region": zone[:-1], "meta-data/placement/availability-zone": zone,
            "meta-data/instance-life-cycle": "spot" if spot else "on-demand",
            "dynamic/instance-identity/document": json.dumps({
                "accountId": instance.world.account, "instanceId": facts.id, "region": zone[:-1],
                "availabilityZone": zone, "instanceType": facts.type.name, "privateIp": facts.private_address,
                "imageId": facts.image, "architecture": facts.type.architecture, "version": "2017-09-30"}, indent=2)}
        if facts.public_address:
            found["meta-data/public-ipv4"] = facts.public_address
        if facts.user_data:
            found["user-data"] = facts.user_data
        if facts.profile:
            found[f"meta-data/iam/security-credentials/{ROLE}"] = lambda: json.dumps(self._credentials(), indent=2)
        if spot and instance.interrupted_at:
            when = stamp(instance.interrupted_at)
            found["meta-data/spot/instance-action"] = json.dumps({"action": "terminate", "time": when})
            found["meta-data/spot/termination-time"] = when
        if self.options()["InstanceMetadataTags"] == "enabled":
            found.update({f"meta-data/tags/instance/{key}": value for key, value in instance.tags.items()})
        return found

    def look(self, path):
        """What is at the path: text, the names in a folder, or None."""
        found = self.tree()
        name = path.removeprefix("/latest/")
        if name in found:
            value = found[name]() if callable(found[name]) else found[name]
            return value if isinstance(value, bytes) else value.encode()
        inside = name.rstrip("/") + "/"
        names = {other[len(inside):].partition("/") for other in found if other.startswith(inside)}
        return "\n".join(sorted(first + slash for first, slash, _ in names)).encode() if names else None


class Asked(Handler):
    metadata = None
    server_version = "EC2ws"

    def _say(self, status, body=b"", **headers):
        self.metadata.asked.append((time.time(), self.command, self.path, status))
        self.send(status, body, {"Content-Type": "text/plain",
                                 **{name.replace("_", "-"): value for name, value in headers.items()}})

    def do_PUT(self):  # noqa: N802
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        ttl = self.headers.get("X-aws-ec2-metadata-token-ttl-seconds") or ""
        if self.metadata.options()["HttpEndpoint"] == "disabled" or self.headers.get("X-Forwarded-For"):
            self._say(403)
        elif self.path != "/latest/api/token":
            self._say(404)
        elif not ttl.isdigit() or not 1 <= int(ttl) <= 21600:
            self._say(400)
        else:
            self._say(200, self.metadata.new_token(int(ttl)).encode(), X_Aws_Ec2_Metadata_Token_Ttl_Seconds=ttl)

    def do_GET(self):  # noqa: N802
        token = self.headers.get("X-aws-ec2-metadata-token")
        options = self.metadata.options()
        if options["HttpEndpoint"] == "disabled":
            self._say(403)
        elif (token is None and options["HttpTokens"] == "required") or (token and not self.metadata.knows(token)):
            self._say(401)
        else:
            with self.metadata._instance.world.lock:
                body = self.metadata.look(self.path)
            self._say(404 if body is None else 200, body or b"")

    def do_POST(self):  # noqa: N802
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self._say(405)
