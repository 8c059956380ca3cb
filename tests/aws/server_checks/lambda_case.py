"""A client of Lambda and a function's code, for the checks of functions and of invocations."""

import io
import json
import os
import zipfile

from harness import HERE, Case

ROLE = "arn:aws:iam::123456789012:role/paragon-function"
ARN = "arn:aws:lambda:us-east-1:123456789012:function:"


def archive(files=None, mode=0o755):
    """A zip with `bootstrap` and further files."""
    with open(os.path.join(HERE, "bootstrap"), encoding="utf-8") as file:
        held = {"bootstrap": file.read()} if files is None else files
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name, content in held.items():
            entry = zipfile.ZipInfo(name)
            entry.external_attr = (0o100000 | mode) << 16
            zipped.writestr(entry, content)
    return made.getvalue()


CODE = archive()


class LambdaCase(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.client = cls.server.client("lambda")

    def create(self, name, *, wait=True, variables=None, **more):
        parameters = {"FunctionName": name, "Role": ROLE, "Runtime": "provided.al2023", "Handler": "bootstrap",
                      "Code": {"ZipFile": CODE}, "Timeout": 10, "Environment": {"Variables": variables or {}}, **more}
        made = self.client.create_function(**parameters)
        if wait:
            self.wait(name)
        return made

    def wait(self, name):
        def settled():
            held = self.client.get_function_configuration(FunctionName=name)
            return held["State"] == "Active" and held["LastUpdateStatus"] == "Successful"
        self.until(settled, f"{name} active")

    def invoke(self, function, event=None, **more):
        """(what it answered, the function error or None)."""
        answer = self.client.invoke(FunctionName=function, Payload=json.dumps(event or {}), **more)
        return json.loads(answer["Payload"].read() or b"null"), answer.get("FunctionError")

    def known(self, name):
        return next(one for one in self.server.state()["functions"] if one["name"] == name)
