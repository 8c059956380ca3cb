"""The whole of `cloud: aws` as its user has it: the archive is packaged, the configuration checked, `paragon serve` buys
machines and makes functions at the server in server/, real pictures are answered by both, a killed controller's machines are
taken up by the next one, and `paragon cloud destroy` leaves nothing."""

import argparse
import http.client
import json
import os
import pathlib
import re
import signal
import struct
import subprocess
import sys
import tempfile
import zlib

from deployment import SOURCE, until, write_catalog

HERE = pathlib.Path(__file__).resolve().parent
TASK = "garment-classification"
CONFIG = """paragon: 1
catalog: catalog.yaml
gateway: {{http: "127.0.0.1:0"}}
brain: {{scheme: reactive, machines_min: {machines}, machines_max: {machines}}}
cloud:
  kind: aws
  deployment: shop
  machines:
    image: ami-0a1b2c3d4e5f60003
    subnets: [subnet-0a1b2c3d4e5f60001, subnet-0a1b2c3d4e5f60002]
    security_groups: [sg-0a1b2c3d4e5f60001]
    instance_profile: paragon-worker
    program: {program}
    catalog: {folder}/catalog.yaml
    heartbeat_s: 0.5
  functions:
    zip: function.zip
    role: "arn:aws:iam::123456789012:role/paragon-function"
    provisioned: {provisioned}
"""


def picture(shade):
    """A grey picture of 28 x 28 as a PNG."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + bytes((shade + x * y) % 256 for x in range(28)) for y in range(28))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 28, 28, 8, 0, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def call(port, method, path, body=None, headers=None):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request(method, path, body, headers or {})
    answer = connection.getresponse()
    text = answer.read()
    connection.close()
    return answer.status, json.loads(text) if text else None


class Serving:
    """A running `paragon serve`."""

    def __init__(self, program, config, environment, log):
        self.log = log
        with open(log, "w", encoding="utf-8") as file:
            self.process = subprocess.Popen([program, "serve", "--config", config], env=environment, text=True,
                                            stdout=subprocess.PIPE, stderr=file)
        line = self.process.stdout.readline()
        assert line.startswith("listening on "), line
        self.port = int(line.rsplit(":", 1)[1])

    def ask(self, shade, model=TASK, **bounds):
        headers = {"content-type": "image/png"}
        headers |= {f"x-paragon-slo-{name.replace('_', '-')}": str(value) for name, value in bounds.items()}
        status, answer = call(self.port, "POST", f"/v2/models/{model}/infer", picture(shade), headers)
        assert status == 200, (status, answer)
        return answer["parameters"]

    def ready(self):
        return call(self.port, "GET", "/api/v1/fleet")[1]["ready"]

    def end(self, number=signal.SIGTERM):
        self.process.send_signal(number)
        self.process.wait(90)

    def paid(self):
        """Dollars, by its own ledger, of one that has ended."""
        return float(re.search(r"event=stopped .*cost_usd=([0-9.]+)", self.log.read_text()).group(1))


class Check:
    def __init__(self, program, folder):
        self.program = program
        self.folder = folder
        self.started = []
        words = [sys.executable, str(HERE / "server"), "--boot-s", "0.5", "--with-parent", "--script-end", "stay",
                 "--policy", str(SOURCE / "deploy/aws/policy.json")]
        self.server = subprocess.Popen(words, text=True, stdout=subprocess.PIPE, stderr=sys.stderr)
        self.aws = int(self.server.stdout.readline().split()[1])
        keys = call(self.aws, "GET", "/_control/keys")[1]["limited"]
        self.environment = dict(os.environ, AWS_ENDPOINT_URL=f"http://127.0.0.1:{self.aws}", AWS_REGION="us-east-1",
                                AWS_ACCESS_KEY_ID=keys["access_key_id"],
                                AWS_SECRET_ACCESS_KEY=keys["secret_access_key"])
        self.environment.pop("AWS_PROFILE", None)
        self.secret = keys["secret_access_key"]
        self.configure(1)

    def configure(self, machines, *kinds, provisioned="{}"):
        write_catalog(self.folder, *kinds or ["c5.large"])
        (self.folder / "shop.yaml").write_text(CONFIG.format(machines=machines, program=self.program,
                                                             folder=self.folder, provisioned=provisioned))

    def run(self, *words, status=0):
        done = subprocess.run([self.program, *words], env=self.environment, capture_output=True, text=True, cwd=self.folder)
        assert done.returncode == status, (words, done.returncode, done.stdout, done.stderr)
        assert self.secret not in done.stdout + done.stderr
        return done.stdout + done.stderr

    def cloud(self, *words, status=0):
        return self.run("cloud", *words, "--config", "shop.yaml", status=status)

    def cloud_as(self, profiles, *words, status=0):
        """With no keys but those that these profiles lead to."""
        (self.folder / "profiles").write_text(profiles)
        kept = self.environment
        self.environment = {**kept, "AWS_CONFIG_FILE": str(self.folder / "profiles"), "HOME": str(self.folder)}
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            del self.environment[name]
        try:
            return self.cloud(*words, status=status)
        finally:
            self.environment = kept

    def state(self):
        return call(self.aws, "GET", "/_control/state")[1]

    def control(self, **what):
        assert call(self.aws, "POST", "/_control", json.dumps(what))[0] == 200, what

    def live(self):
        return [one for one in self.state()["instances"] if one["state"] in ("pending", "running")]

    def serving(self):
        log = self.folder / f"serve-{len(self.started)}.log"
        self.started.append(Serving(self.program, str(self.folder / "shop.yaml"), self.environment, log))
        return self.started[-1]


def check(on):
    on.run("cloud", "package", "--catalog", str(SOURCE / "data/garment/catalog.yaml"), "--out", "function.zip")
    said = on.cloud("check")
    assert "nothing stands in the way" in said
    assert "region us-east-1, from AWS_REGION\n" in said, said
    assert "credentials from AWS_ACCESS_KEY_ID in the environment: arn:aws:iam::123456789012:user/limited" in said, said
    assert "nothing" in on.cloud("list")

    print("a profile's role is taken on, by whom may; a login that is missing is told")
    role = "[default]\nrole_arn = arn:aws:iam::123456789012:role/deploy\nsource_profile = own\n"
    own = "[profile own]\naws_access_key_id = {access_key_id}\naws_secret_access_key = {secret_access_key}\n"
    keys = call(on.aws, "GET", "/_control/keys")[1]
    said = on.cloud_as(role + own.format(**keys["full"]), "check")
    assert "nothing stands in the way" in said
    assert ":assumed-role/deploy/paragon" in said and "taken on with profile 'own'" in said, said
    said = on.cloud_as(role + own.format(**keys["limited"]), "list", status=1)
    assert "STS AssumeRole for arn:aws:iam::123456789012:role/deploy: AWS answered 403 AccessDenied" in said, said
    said = on.cloud_as("[default]\nsso_start_url = https://corp.awsapps.com/start\nsso_region = us-east-1\n"
                       "sso_account_id = 123456789012\nsso_role_name = Deploy\n", "list", status=1)
    assert "run `aws sso login --profile default`" in said and said.count("\n") == 1, said

    print("machines and functions answer")
    server = on.serving()
    until("a machine is ready", lambda: server.ready() == 1)
    assert server.ask(10)["resource_kind"] == "machine"
    listed = json.loads(on.cloud("list", "--json"))
    assert [one["type"] for one in listed["instances"]] == ["c5.large"], listed
    assert listed["instances"][0]["machine"] == 1

    print("a killed controller's machine is taken up by the next one")
    server.end(signal.SIGKILL)
    server = on.serving()
    until("it is ready again", lambda: server.ready() == 1)
    assert server.ask(20)["resource_kind"] == "machine"
    assert len(on.state()["instances"]) == 1, "another one was bought"

    print("a controller that ends takes its machines with it")
    server.end()
    assert server.process.returncode == 0
    until("no instance is left", lambda: not on.live())

    print("without machines, functions answer")
    on.configure(0)
    server = on.serving()
    answer = server.ask(30, latency_ms=20000)
    assert answer["resource_kind"] == "function", answer
    again = server.ask(40, latency_ms=20000)
    assert again["resource_kind"] == "function" and again["cost_usd"] > 0, again
    server.end()
    made = [one for one in on.state()["functions"] if not one["deleted"]]
    assert len(made) == 1, "functions stay: they cost nothing while nobody calls"
    assert (made[0]["invocations"], made[0]["environments_started"]) == (2, 1), made
    assert not made[0]["complaints"], made

    print("a controller that dies leaves what `destroy` ends")
    on.configure(2)
    server = on.serving()
    until("two machines are ready", lambda: server.ready() == 2)
    server.end(signal.SIGKILL)
    assert len(on.live()) == 2
    assert "would terminate" in on.cloud("destroy", "--dry-run")
    assert len(on.live()) == 2
    assert "--yes" in on.cloud("destroy", status=2), "nobody was asked"
    on.cloud("destroy", "--yes")
    assert not on.live() and "nothing" in on.cloud("list")

    print("the ledger agrees with AWS's bill")
    on.configure(3, "c5.9xlarge")
    before = float(on.state()["bill"]["usd"])
    server = on.serving()
    until("three machines are ready", lambda: server.ready() == 3)
    server.end()
    until("no instance is left", lambda: not on.live())
    billed = float(on.state()["bill"]["usd"]) - before
    assert billed > 0.07, billed  # three times a minute at least
    assert abs(server.paid() - billed) < 0.01, (server.paid(), billed)

    provisioned(on)

    print("what has no capacity gives way to the next best offer")
    on.configure(1, "c5.large", "m5.large")
    on.control(do="capacity", type="c5.large", market="on-demand", left=0)
    server = on.serving()
    until("a machine is ready", lambda: server.ready() == 1)
    server.end()
    assert "InsufficientInstanceCapacity" in server.log.read_text()
    assert on.state()["instances"][-1]["type"] == "m5.large"

    print("a dry run shows the orders and sends none")
    calls = len(on.state()["calls"])
    said = on.run("serve", "--config", "shop.yaml", "--dry-run")
    assert "Action=RunInstances" in said and "InstanceType=m5.large" in said and "/functions" in said, said
    assert len(on.state()["calls"]) == calls

    print("what goes wrong is one line that says what AWS said")
    on.environment["AWS_SECRET_ACCESS_KEY"] = "wrong"
    said = on.cloud("list", status=1)
    assert said.count("\n") == 1 and "AuthFailure" in said and "check the access key" in said, said
    del on.environment["AWS_SECRET_ACCESS_KEY"]
    said = on.cloud("list", status=2)
    assert said.count("\n") == 1 and "AWS_ACCESS_KEY_ID" in said, said


def provisioned(on):
    print("functions that are kept provisioned answer without a cold start, and cost what the ledger says")
    on.configure(0, provisioned="{lambda-1769mb: {garment_s: 1}}")
    assert "1 environments of 1 functions, at $0.0259 an hour" in on.cloud("check"), "1769 / 1024 x 0.0000041667 x 3600"

    def kept():
        return [one["provisioned"] for one in json.loads(on.cloud("list", "--json"))["functions"] if one["provisioned"]]

    bill = on.state()["bill"]
    before, started = float(bill["usd"]), len(bill["initialisations"])
    server = on.serving()
    until("one is ready", lambda: kept() and kept()[0][0]["available"] == 1)
    answer = server.ask(50, model="garment_s", latency_ms=20000)
    assert answer["resource_kind"] == "function", answer
    decided = call(server.port, "GET", f"/api/v1/decisions/{answer['decision_id']}")[1]
    assert decided["cold"] is False, decided
    server.end()
    assert server.process.returncode == 0
    assert not kept(), "a controller that ends takes them with it"
    bill = on.state()["bill"]
    assert bill["provisioned"][-1]["seconds"] == 300, bill
    # What their initialisations cost, nobody tells the controller.
    untold = sum(float(line["usd"]) for line in bill["initialisations"][started:])
    billed = float(bill["usd"]) - before - untold
    assert billed > 0.002159, billed
    assert abs(server.paid() - billed) < 0.000002, (server.paid(), billed)

    print("a controller that dies leaves them, `list` shows them and `destroy` ends them")
    server = on.serving()
    until("one is ready", lambda: kept() and kept()[0][0]["available"] == 1)
    server.end(signal.SIGKILL)
    assert "1 of 1 ready" in on.cloud("list"), on.cloud("list")
    assert "would end what is kept provisioned of" in on.cloud("destroy", "--dry-run")
    on.cloud("destroy", "--yes")
    assert "nothing" in on.cloud("list")
    assert len(on.state()["bill"]["provisioned"]) == 2
    said = on.run("serve", "--config", "shop.yaml", "--dry-run")
    assert "PublishVersion" in said and "PutProvisionedConcurrencyConfig" in said, said

    print("what cannot be kept is one line")
    on.configure(0, provisioned="{lambda-1769mb: {nothing: 1}}")
    for words in (("serve",), ("cloud", "check")):
        said = on.run(*words, "--config", "shop.yaml", status=2)
        assert "cloud.functions.provisioned" in said and "no such variant" in said and said.count("\n") == 1, said


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", required=True, help="the built paragon")
    flags = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="paragon-serve-") as folder:
        on = Check(os.path.abspath(flags.program), pathlib.Path(folder))
        try:
            check(on)
        except BaseException:
            for one in on.started:
                print(f"--- {one.log.name}", one.log.read_text(), sep="\n")
            raise
        finally:
            for one in on.started:
                one.process.kill()
            on.server.send_signal(signal.SIGTERM)
            on.server.wait(60)
    print("all well")


if __name__ == "__main__":
    main()
