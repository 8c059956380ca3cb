"""One instance: its facts, and its states from pending to terminated."""

import dataclasses
import threading
import time

from machine import Machine
from metadata import Metadata

CODES = {"pending": 0, "running": 16, "shutting-down": 32, "terminated": 48, "stopping": 64, "stopped": 80}
BY_USER = ("Client.UserInitiatedShutdown", "Client.UserInitiatedShutdown: User initiated shutdown")
BY_ITSELF = ("Client.InstanceInitiatedShutdown",
             "Client.InstanceInitiatedShutdown: Instance initiated shutdown")
BY_SPOT = ("Server.SpotInstanceTermination", "Server.SpotInstanceTermination: Spot instance termination")
BY_FAILURE = ("Server.InternalError", "Server.InternalError: Internal error on the host of the instance")


@dataclasses.dataclass
class Facts:
    """What RunInstances settled."""
    id: str
    reservation: str
    index: int
    image: str
    type: object  # prices.InstanceType
    market: str  # on-demand, spot
    subnet: object
    groups: list
    private_address: str
    public_address: str  # "" without one
    token: str
    user_data: bytes
    shutdown_behaviour: str
    profile: str
    metadata: dict
    spot_request: str
    key_name: str
    owner_key: str


class Instance:
    """All members are read and written under the world's lock."""

    def __init__(self, world, facts, tags):
        self.world, self.facts, self.tags = world, facts, tags
        self.state = "pending"
        self.reason = None
        self.launched = time.time()
        self.times = {"pending": self.launched}
        self.billed_ms = []  # [from, to or None] of each time that it ran
        self.impaired = False  # whether its status checks fail
        self.retires_at = None  # when AWS has scheduled its retirement for
        self.interrupted_at = None  # when the interruption will come, once it is announced
        self.shutdown_called = False
        self.exit = None
        self._machine = None
        self._timers = []
        self.folder = world.folder("instances", facts.id)
        self.endpoint = Metadata(self)
        self._later(world.settings.boot_s, self._booted)

    def _later(self, seconds, do):
        timer = threading.Timer(seconds, do)
        timer.daemon = True
        timer.start()
        self._timers.append(timer)

    def _become(self, state):
        now = time.time()
        if state == "running":
            self.billed_ms.append([round(now * 1000), None])
        elif self.state == "running":
            self.billed_ms[-1][1] = round(now * 1000)
        self.state = state
        self.times[state] = now

    def _booted(self):
        with self.world.lock:
            if self.state != "pending":
                return
            self._become("running")
            if not self.facts.user_data.startswith(b"#!"):
                return  # nothing runs, as where cloud-init is given what it does not know
            environment = {"PARAGON_LISTEN_ADDRESS": self.facts.private_address,
                           "AWS_EC2_METADATA_SERVICE_ENDPOINT": self.endpoint.url}
            try:
                self._machine = Machine(self.folder, self.facts.user_data, self.world.program, environment, self._told)
            except OSError as why:  # no such interpreter
                self.exit = f"not started: {why}"
                self._script_ended()

    def _told(self, what):
        with self.world.lock:
            if what == "shutdown":
                self.shutdown_called = True
                self._itself()
            elif what == "gone":
                self._gone()
            else:
                self.exit = what[1]
                self._script_ended()

    def _script_ended(self):
        if self.world.settings.script_end == "terminate":
            self._itself()

    def _itself(self):
        if self.state == "running":
            stops = self.facts.shutdown_behaviour == "stop" and self.shutdown_called
            self.end(BY_ITSELF, "stopping" if stops else "shutting-down")

    def end(self, reason, state="shutting-down", grace_s=None):
        """Ends it for the reason, where it has not ended yet: SIGTERM, and SIGKILL after the grace."""
        if self.state in ("shutting-down", "terminated", "stopping"):
            return
        self.reason = reason
        self._become(state)
        self._cancel()
        if self._machine is None or self._machine.group.gone.is_set():
            self._gone()
        elif grace_s == 0:
            self._machine.group.kill()
        else:
            self._machine.group.stop(self.world.settings.terminate_after_s)

    def _gone(self):
        if self.state == "stopping":
            self._become("stopped")
        elif self.state == "shutting-down":
            self._become("terminated")
            self.endpoint.close()
            self.world.addresses.give_back(self.facts.private_address)

    def _cancel(self):
        for timer in self._timers:
            timer.cancel()
        self._timers.clear()

    def interrupt(self, notice_s):
        """Announces in the metadata that it will be taken away, and takes it away after the notice."""
        self.interrupted_at = time.time() + notice_s

        def take():
            with self.world.lock:
                self.end(BY_SPOT)
        self._later(notice_s, take)

    def kill(self):
        """The host fails: nothing on it gets to say goodbye."""
        self.end(BY_FAILURE, grace_s=0)

    def seen(self):
        """Whether Describe and Terminate know it already and still."""
        now, settings = time.time(), self.world.settings
        if now - self.launched < settings.consistency_s:
            return False
        return self.state != "terminated" or now - self.times["terminated"] < settings.keep_terminated_s

    def status_ok(self):
        return self.state == "running" and time.time() - self.times["running"] >= self.world.settings.status_s

    def destroy(self):
        """The server ends: nothing may be left of it, nor begin."""
        self._cancel()
        self.state = "terminated"
        if self._machine:
            self._machine.group.kill()
        self.endpoint.close()

    def wait_gone(self, seconds):
        if self._machine:
            self._machine.group.gone.wait(seconds)
