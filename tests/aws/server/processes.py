"""Process groups: started in their own session, ended as a whole, waited for until the last one is gone."""

import ctypes
import os
import signal
import subprocess
import threading

PR_SET_CHILD_SUBREAPER = 36
# What sanitizers are told by, and where they find their symbols, is passed on; nothing else of ours is.
PASSED_ON = ("ASAN_OPTIONS", "LSAN_OPTIONS", "TSAN_OPTIONS", "UBSAN_OPTIONS", "ASAN_SYMBOLIZER_PATH")


def become_reaper():
    """Processes whose parent has ended become our children, so that a group can be waited for."""
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def surroundings(tools, home, **more):
    """The environment of what we start: `tools` is first in its PATH."""
    passed = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    path = os.environ.get("PATH", "/usr/local/bin:/usr/bin:/bin")
    return {"PATH": f"{tools}:{path}", "HOME": home, "LANG": "C.UTF-8", **passed, **more}


class Group:
    """A program and all that it starts in its session.

    `on_leader(status)` is told when the program itself ends: its exit status, or minus the signal; `on_gone()` when
    nothing of the group is left. Both come on a thread of the group's own.
    """

    def __init__(self, command, folder, environment, log, on_leader, on_gone):
        with open(log, "ab") as out:
            self._leader = subprocess.Popen(command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=out,
                                            stderr=subprocess.STDOUT, start_new_session=True)
        self.pid = self._leader.pid
        self.gone = threading.Event()
        self._on_leader, self._on_gone = on_leader, on_gone
        threading.Thread(target=self._wait, name=f"group {self.pid}", daemon=True).start()

    def _wait(self):
        while True:
            try:
                pid, status = os.waitpid(-self.pid, 0)
            except ChildProcessError:
                break
            if pid == self.pid:
                self._leader.returncode = os.waitstatus_to_exitcode(status)
                self._on_leader(self._leader.returncode)
        self.gone.set()
        self._on_gone()

    def signal(self, number):
        if self.gone.is_set():
            return
        try:
            os.killpg(self.pid, number)
        except ProcessLookupError:
            pass

    def stop(self, grace_s):
        """SIGTERM to all of it; SIGKILL to what is left after the grace."""
        self.signal(signal.SIGTERM)

        def finish():
            if not self.gone.wait(grace_s):
                self.signal(signal.SIGKILL)
        threading.Thread(target=finish, daemon=True).start()

    def kill(self):
        self.signal(signal.SIGKILL)
