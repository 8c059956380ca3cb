"""What runs on an instance: the user data's script as a real process, with a `shutdown` that only tells us."""

import os
import select
import stat
import threading

from processes import Group, surroundings

SHUTDOWN = """#!/bin/sh
# Stands in for the real one: tells the test server, which then ends this instance.
printf '%s\\n' "shutdown $*" >'{fifo}'
"""


class Machine:
    """One boot of an instance. `told` gets "shutdown", ("exit", status) and "gone"; each at most once, any thread."""

    def __init__(self, folder, script, program, environment, told):
        self._folder, self._told = folder, told
        self._fifo = os.path.join(folder, "shutdown.fifo")
        self._hearing = threading.Lock()
        self._shut = self._over = False
        tools = os.path.join(folder, "tools")
        os.makedirs(tools, exist_ok=True)
        os.mkfifo(self._fifo)
        self._write("tools/shutdown", SHUTDOWN.format(fifo=self._fifo).encode())
        if program:
            os.symlink(program, os.path.join(tools, "paragon"))
        self._write("user-data", script)
        # Held open for writing too, so that reading waits for a writer instead of ending after the first.
        self._told_by = os.open(self._fifo, os.O_RDWR | os.O_CLOEXEC | os.O_NONBLOCK)
        threading.Thread(target=self._listen, daemon=True).start()
        home = os.path.join(folder, "home")
        os.makedirs(home)
        self.group = Group([os.path.join(folder, "user-data")], home, surroundings(tools, home, **environment),
                           os.path.join(folder, "console.log"), self._exited, self._gone)

    def _write(self, name, content):
        path = os.path.join(self._folder, name)
        with open(path, "wb") as file:
            file.write(content)
        os.chmod(path, stat.S_IRWXU)

    def _listen(self):
        over = False
        while not over:
            select.select([self._told_by], [], [])
            over = self._hear()
        os.close(self._told_by)

    def _hear(self):
        """Passes on what was said since. True: nothing more will be."""
        with self._hearing:
            try:
                said = os.read(self._told_by, 4096)
            except BlockingIOError:
                return False
            if said.startswith(b"shutdown") and not self._shut:
                self._shut = True
                self._told("shutdown")
            self._over = self._over or said.endswith(b"gone\n")
            return self._over

    def _exited(self, status):
        self._hear()  # who called shutdown and ended at once did so in this order
        self._told(("exit", status))

    def _gone(self):
        writer = os.open(self._fifo, os.O_RDWR | os.O_CLOEXEC)  # ends _listen
        os.write(writer, b"gone\n")
        os.close(writer)
        self._told("gone")
