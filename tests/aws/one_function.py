"""One function of AWS Lambda, run from an unpacked archive against the Runtime API of server/, and what to send to it:
for tests of what `bootstrap` starts."""

import base64
import json
import os
import pathlib
import stat
import struct
import subprocess
import sys
import threading
import zipfile
import zlib

sys.path.insert(0, str(pathlib.Path(__file__).with_name("server")))

from runtime_api import RuntimeApi  # noqa: E402  (of server/)


def unpack(archive, folder):
    """As Lambda does: with the modes of the archive."""
    with zipfile.ZipFile(archive) as zipped:
        for entry in zipped.infolist():
            path = zipped.extract(entry, folder)
            os.chmod(path, stat.S_IMODE(entry.external_attr >> 16))


class OneFunction:
    """Runs `bootstrap` with nothing of this process's own environment; what RuntimeApi asks of an environment."""

    def __init__(self, folder, **variables):
        self.complaints = []
        self._changed = threading.Condition()
        self._event = None   # waits to be taken
        self._taken = False  # ... or is being answered
        self._told = None    # (kind, parsed body)
        self._count = 0
        self._ended = False
        self._said = ""
        self._api = RuntimeApi(self)
        # Lambda's own LD_LIBRARY_PATH has lib of the function in it, too.
        environment = {"PATH": "/usr/bin:/bin", "LD_LIBRARY_PATH": f"{folder}:{folder}/lib",
                       "AWS_LAMBDA_RUNTIME_API": self._api.address, "LAMBDA_TASK_ROOT": str(folder),
                       "LANG": "en_US.UTF-8", "TZ": ":UTC", **variables}
        self.process = subprocess.Popen([f"{folder}/bootstrap"], cwd=folder, env=environment, stderr=subprocess.PIPE,
                                        text=True)

    def busy(self):
        return self._taken

    def next(self):
        with self._changed:
            self._changed.wait_for(lambda: self._event is not None or self._ended)
            if self._ended:
                return None
            event, self._event, self._taken = self._event, None, True
            self._count += 1
            return {"Lambda-Runtime-Aws-Request-Id": f"event-{self._count}",
                    "Lambda-Runtime-Deadline-Ms": "4000000000000"}, event

    def init_error(self, body):
        self._tell("init/error", body)
        return True

    def answered(self, request_id, body, failed):
        if not self._taken or request_id != f"event-{self._count}":
            return False
        self._taken = False
        self._tell("error" if failed else "response", body)
        return True

    def _tell(self, kind, body):
        with self._changed:
            self._told = (kind, json.loads(body))
            self._changed.notify_all()

    def told(self, timeout_s=60):
        """(kind, body) of the next thing that it tells: "response", "error" or "init/error"."""
        with self._changed:
            if not self._changed.wait_for(lambda: self._told is not None, timeout_s):
                raise TimeoutError(f"the function said nothing; its status is {self.process.poll()}")
            told, self._told = self._told, None
            return told

    def invoke(self, event):
        with self._changed:
            self._event = json.dumps(event).encode()
            self._changed.notify_all()
        return self.told()

    def mapped_files(self):
        """What the process has in memory that came from files."""
        with open(f"/proc/{self.process.pid}/maps", encoding="utf-8") as maps:
            return {line.split(maxsplit=5)[5].strip() for line in maps if " /" in line}

    def end(self, timeout_s=30):
        """(exit status, what it said); ends it first where it still runs. May be repeated."""
        if self._ended:
            return self.process.returncode, self._said
        self.process.terminate()
        try:
            _, self._said = self.process.communicate(timeout=timeout_s)
        except subprocess.TimeoutExpired:
            self.process.kill()
            _, self._said = self.process.communicate()
        with self._changed:
            self._ended = True
            self._changed.notify_all()
        self._api.close()
        return self.process.returncode, self._said


def grey_png(width, height):
    """A picture with edges; what it shows does not matter."""
    rows = b"".join(b"\0" + bytes(200 if width // 3 < x < 2 * width // 3 else 10 for x in range(width))
                    for _ in range(height))

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)) +
            chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def picture_event(model, picture):
    return {"method": "POST", "target": f"/v2/models/{model}/infer", "headers": {"content-type": "image/png"},
            "body": base64.b64encode(picture).decode()}


def answer_body(answer):
    return json.loads(base64.b64decode(answer["body"]))
