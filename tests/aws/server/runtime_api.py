"""Lambda's Runtime API for one environment: what `bootstrap` asks for its events, and where it answers."""

import json

from listener import Handler, Listener

PREFIX = "/2018-06-01/runtime/"
ANSWER_MOST = 6291556  # 6 MiB and a little, as Lambda has it


class RuntimeApi:
    """Listens on a port of its own. The environment is told what the runtime does, and says what it gets.

    The environment has: next() -> None or (headers, event), blocking; init_error(body); answered(id, body, failed) ->
    whether the id was the current one; and complaints, a list of what the runtime did wrong.
    """

    def __init__(self, environment):
        self._listener = Listener(type("Runtime", (Runtime,), {"environment": environment})).start()
        self.address = f"127.0.0.1:{self._listener.port}"

    def close(self):
        self._listener.close()


class Runtime(Handler):
    environment = None
    server_version = "lambda-runtime"

    def _say(self, status, body, headers=None):
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send(status, content, {"Content-Type": "application/json", **(headers or {})})

    def _wrong(self, status, kind, message):
        self.environment.complaints.append(f"{self.command} {self.path}: {kind}: {message}")
        self._say(status, {"errorType": kind, "errorMessage": message})

    def _body(self):
        """What was posted, at most one byte more than is allowed; None where it cannot be told how long it is."""
        if (self.headers.get("Transfer-Encoding") or "").lower() == "chunked":
            return self._chunks()
        length = self.headers.get("Content-Length") or ""
        if not length.isdigit():
            return None
        kept, left = b"", int(length)
        while left:
            block = self.rfile.read(min(left, 1 << 20))
            if not block:
                return None
            left -= len(block)
            kept += block if len(kept) <= ANSWER_MOST else b""
        return kept

    def _chunks(self):
        kept = b""
        while True:
            try:
                size = int(self.rfile.readline().split(b";")[0], 16)
            except ValueError:
                return None
            block = self.rfile.read(size + 2)
            if size == 0:
                return kept
            kept += block[:-2] if len(kept) <= ANSWER_MOST else b""

    def do_GET(self):  # noqa: N802
        if self.path != PREFIX + "invocation/next":
            return self._wrong(404, "NotFound", "the only GET is invocation/next")
        if self.environment.busy():
            return self._wrong(403, "InvalidStateTransition", "the invocation before has not been answered")
        given = self.environment.next()
        if given is None:  # the environment has ended
            self.close_connection = True
            return None
        headers, event = given
        return self._say(200, event, headers)

    def do_POST(self):  # noqa: N802
        body = self._body()
        parts = self.path.removeprefix(PREFIX).split("/") if self.path.startswith(PREFIX) else []
        if body is None:
            self.close_connection = True
            return self._wrong(411, "LengthRequired", "neither Content-Length nor chunks")
        if parts == ["init", "error"]:
            if not self.environment.init_error(body):
                return self._wrong(403, "InvalidStateTransition", "it has asked for an invocation before")
            return self._say(202, {"status": "OK"})
        if len(parts) != 3 or parts[0] != "invocation" or parts[2] not in ("response", "error"):
            return self._wrong(404, "NotFound", "no such path")
        if parts[2] == "error":
            try:
                json.loads(body)
            except ValueError:
                return self._wrong(400, "InvalidErrorShape", "the error is not JSON")
        if len(body) > ANSWER_MOST:
            said = {"errorType": "Function.ResponseSizeTooLarge", "errorMessage":
                    f"Response payload size exceeded maximum allowed payload size ({ANSWER_MOST} bytes)."}
            if self.environment.answered(parts[1], json.dumps(said).encode(), True):
                return self._wrong(413, "RequestEntityTooLarge", "Exceeded maximum allowed payload size "
                                                                 f"({ANSWER_MOST} bytes).")
        elif self.environment.answered(parts[1], body, parts[2] == "error"):
            return self._say(202, {"status": "OK"})
        return self._wrong(400, "InvalidRequestID", "Invalid request ID")
