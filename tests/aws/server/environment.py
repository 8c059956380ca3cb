"""One execution environment of a function: a `bootstrap` process that answers one invocation at a time."""

import dataclasses
import json
import os
import signal
import threading
import time

from processes import Group, surroundings
from runtime_api import RuntimeApi


@dataclasses.dataclass
class Outcome:
    payload: bytes
    failed: bool  # X-Amz-Function-Error
    duration_ms: float
    init_ms: float  # 0 where the environment was warm
    memory_mb: int
    log: bytes


def error(kind, message):
    return json.dumps({"errorType": kind, "errorMessage": message}).encode()


class Environment:
    def __init__(self, world, settings, folder, number, provisioned=False):
        """`settings`: what functions.Settings says of the function at this revision."""
        self.world, self.settings, self.folder, self.number = world, settings, folder, number
        self.provisioned = provisioned
        self.complaints = []  # what the runtime did against the Runtime API's rules
        self.invocations = self.starts = self._asked = 0
        self.started = time.time()
        self._changed = threading.Condition()
        self._ready = self._ended = self._stopped = False
        self._broken = False
        self._failed_init = None
        self._status = None
        self._current = None  # (request id, headers, event, taken)
        self._answer = None
        self._group = None
        self._log = os.path.join(folder, f"environment-{number}.log")
        self._api = RuntimeApi(self)
        self.timer = None

    # What the runtime does, from the threads of its API.

    def busy(self):
        with self._changed:
            return self._current is not None and self._current[3]

    def next(self):
        with self._changed:
            self._ready = True
            self._asked += 1
            mine = self._asked
            self._changed.notify_all()
            if self.world.settings.freeze and self._group and self._current is None and not self._ended:
                self._stopped = True
                self._group.signal(signal.SIGSTOP)
            # A runtime that asks again has given up the request before, which must not get its event.
            while not self._ended and mine == self._asked and (self._current is None or self._current[3]):
                self._changed.wait()
            if self._ended or mine != self._asked:
                return None
            request_id, headers, event, _ = self._current
            self._current = (request_id, headers, event, True)
            return headers, event

    def init_error(self, body):
        with self._changed:
            if self._ready:
                return False
            self._failed_init = body
            self._changed.notify_all()
            return True

    def answered(self, request_id, body, failed):
        with self._changed:
            if self._current is None or not self._current[3] or self._current[0] != request_id:
                return False
            self._answer = (body, failed)
            self._current = None
            self._changed.notify_all()
            return True

    # What Lambda does with it.

    def _start(self):
        settings = self.settings
        self.starts += 1
        self._ready, self._failed_init, self._status = False, None, None
        session = self.world.keys.session(settings.role.rpartition("/")[2], settings.name, 3600)
        own = {
            "AWS_LAMBDA_RUNTIME_API": self._api.address, "AWS_LAMBDA_FUNCTION_NAME": settings.name,
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(settings.memory_mb), "AWS_LAMBDA_FUNCTION_VERSION": settings.version,
            "AWS_LAMBDA_INITIALIZATION_TYPE": "provisioned-concurrency" if self.provisioned else "on-demand",
            "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{settings.name}",
            "AWS_LAMBDA_LOG_STREAM_NAME": f"[{settings.version}]{self.number}",
            "LAMBDA_TASK_ROOT": settings.code.folder,
            "LAMBDA_RUNTIME_DIR": "/var/runtime", "_HANDLER": settings.handler, "TZ": ":UTC",
            "AWS_REGION": settings.region, "AWS_DEFAULT_REGION": settings.region,
            "AWS_ACCESS_KEY_ID": session.key, "AWS_SECRET_ACCESS_KEY": session.secret,
            "AWS_SESSION_TOKEN": session.token,
            **settings.variables}
        if "LD_LIBRARY_PATH" not in own:
            own["LD_LIBRARY_PATH"] = f"{settings.code.folder}:{settings.code.folder}/lib"
        self._group = Group([os.path.join(settings.code.folder, "bootstrap")], settings.code.folder,
                            surroundings(self.world.tools(), "/tmp", **own), self._log, self._left, lambda: None)

    def _left(self, status):
        with self._changed:
            self._status = status
            self._changed.notify_all()

    def _wait(self, holds, until):
        """Waits, with the lock held, for what holds() or the process's end. False when the time is up."""
        while not holds() and self._status is None:
            left = until - time.monotonic()
            if left <= 0:
                return False
            self._changed.wait(left)
        return True

    def _stop_process(self):
        if self._group:
            self._group.kill()
        self.wait_gone(5)

    def initialise(self, seconds):
        """Starts it. None when it asks for its first event within the time, else the error that it ended with."""
        try:
            self._start()
        except OSError as why:
            return error("Runtime.InvalidEntrypoint", f"Error: Couldn't start bootstrap: {why}")
        with self._changed:
            in_time = self._wait(lambda: self._ready or self._failed_init is not None, time.monotonic() + seconds)
            if self._ready:
                return None
            failed, status = self._failed_init, self._status
        self._stop_process()
        if failed is not None:
            return failed
        if not in_time:
            return error("Sandbox.Timedout", f"Error: Task timed out after {seconds:.2f} seconds")
        return error("Runtime.ExitError", f"Error: Runtime exited with error: {exit_words(status)}")

    def invoke(self, request_id, event, headers):
        """Hands the event to the runtime and waits for what comes of it: an Outcome."""
        settings = self.settings
        self.invocations += 1
        log_from = os.path.getsize(self._log) if os.path.exists(self._log) else 0
        init_ms, began = 0.0, time.monotonic()
        if self._group is None:
            failure = self.initialise(self.world.settings.init_s)
            init_ms = (time.monotonic() - began) * 1000
            if failure is not None:  # Lambda tries once more, within the invocation
                began, init_ms = time.monotonic(), 0.0
                failure = self.initialise(settings.timeout_s)
                if failure is not None:
                    return self._outcome(failure, True, began, 0.0, log_from, broken=True)
        began = time.monotonic()
        deadline_ms = round((time.time() + settings.timeout_s) * 1000)
        with self._changed:
            if self._stopped:
                self._stopped = False
                self._group.signal(signal.SIGCONT)
            self._answer = None
            self._current = (request_id, {"Lambda-Runtime-Aws-Request-Id": request_id,
                                          "Lambda-Runtime-Deadline-Ms": str(deadline_ms),
                                          "Lambda-Runtime-Invoked-Function-Arn": settings.arn, **headers}, event, False)
            self._changed.notify_all()
            in_time = self._wait(lambda: self._answer is not None, began + settings.timeout_s)
            answer, status = self._answer, self._status
        if answer is not None:
            return self._outcome(*answer, began, init_ms, log_from)
        self._stop_process()
        if not in_time:
            payload = error("Sandbox.Timedout", f"RequestId: {request_id} Error: Task timed out after "
                                                f"{settings.timeout_s:.2f} seconds")
        else:
            payload = error("Runtime.ExitError", f"RequestId: {request_id} Error: Runtime exited with error: "
                                                 f"{exit_words(status)}")
        return self._outcome(payload, True, began, init_ms, log_from, broken=True)

    def _outcome(self, payload, failed, began, init_ms, log_from, broken=False):
        self._broken = self._broken or broken
        duration = (time.monotonic() - began) * 1000
        log = b""
        if os.path.exists(self._log):
            with open(self._log, "rb") as file:
                file.seek(log_from)
                log = file.read()
        return Outcome(payload, failed, duration, init_ms, self._memory_mb(), log)

    def _memory_mb(self):
        try:
            with open(f"/proc/{self._group.pid}/status", encoding="ascii") as file:
                return next(int(line.split()[1]) for line in file if line.startswith("VmHWM:")) // 1024
        except (OSError, StopIteration, AttributeError):
            return 0

    def alive(self):
        return self._status is None and not self._ended

    def failed(self):
        """Whether it cannot take another invocation."""
        return self._broken or not self.alive()

    def crash(self):
        if self._group and not self._ended:
            self._group.kill()

    def wait_gone(self, seconds):
        if self._group:
            self._group.gone.wait(seconds)

    def end(self):
        with self._changed:
            if self._ended:
                return
            self._ended = True
            self._changed.notify_all()
        if self.timer:
            self.timer.cancel()
        if self._group:
            self._group.kill()
        self._api.close()


def exit_words(status):
    return f"signal: {signal.Signals(-status).name.lower()[3:]}" if status is not None and status < 0 \
        else f"exit status {status}"
