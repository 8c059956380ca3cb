"""A Lambda function: its settings by revision, its versions, its environments."""

import dataclasses
import datetime
import os
import threading
import time
import uuid

import estate
from environment import Environment


@dataclasses.dataclass(frozen=True)
class Settings:
    """What one revision of a function is."""
    name: str
    arn: str  # of the version: without a qualifier for $LATEST
    version: str
    role: str
    handler: str
    description: str
    timeout_s: int
    memory_mb: int
    runtime: str
    architecture: str
    variables: dict
    storage_mb: int
    code: object  # archive.Archive
    revision: str
    modified: str
    region: str = estate.REGION

    def same_as(self, other):
        """Whether publishing this after the other would make no new version."""
        ignored = {"arn": "", "version": "", "revision": "", "modified": "", "description": ""}
        return dataclasses.replace(self, **ignored) == dataclasses.replace(other, **ignored)


def moment():
    return datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.000+0000")


def fresh(settings, **changes):
    return dataclasses.replace(settings, revision=str(uuid.uuid4()), modified=moment(), **changes)


class Pool:
    """The environments of one revision."""

    def __init__(self, function, settings):
        self.function, self.settings = function, settings
        self.idle, self.busy, self.retired = [], [], False
        self.provisioned = []  # of them, those that are kept by a provisioned concurrency

    def create(self, provisioned=False):
        function = self.function
        function.environments_made += 1
        made = Environment(function.world, self.settings, function.folder, function.environments_made, provisioned)
        function.environments.append(made)
        return made

    def take(self):
        """An environment for one invocation: one that is provisioned, else the warm one used last, else a new one."""
        while self.idle:
            one = next((held for held in self.idle if held.provisioned), self.idle[-1])
            self.idle.remove(one)
            if one.timer:
                one.timer.cancel()
            if one.alive():
                break
            one.end()
        else:
            one = self.create()
        self.busy.append(one)
        return one

    def give_back(self, one, broken):
        self.busy.remove(one)
        if broken or self.retired or not one.alive():
            one.end()
        else:
            self.idle.append(one)
            self._keep(one)

    def _keep(self, one):
        if one.provisioned:
            return

        def cool():
            with self.function.world.lock:
                if one in self.idle:
                    self.idle.remove(one)
                    one.end()
        one.timer = threading.Timer(self.function.world.settings.warm_s, cool)
        one.timer.daemon = True
        one.timer.start()

    def provision(self, count):
        """Keeps `count` environments initialised; returns those that are still to be initialised."""
        made = []
        while len(self.provisioned) < count:
            one = self.create(provisioned=True)
            self.provisioned.append(one)
            made.append(one)
        while len(self.provisioned) > count:
            one = self.provisioned.pop()
            one.provisioned = False
            if one in self.idle:
                self.idle.remove(one)
                one.end()
        return made

    def retire(self):
        """No new invocation comes here: idle ones end now, busy ones when they are done."""
        self.retired = True
        for one in self.idle:
            one.end()
        self.idle.clear()
        self.provisioned.clear()


class Function:
    """All members are read and written under the world's lock."""

    def __init__(self, world, settings, tags):
        self.world, self.name, self.tags = world, settings.name, tags
        self.latest = settings
        self.versions = {}  # number, as text, to Settings
        self.reserved = None
        self.provisioned = {}  # version to {"wanted", "ready", "failed", "modified"}
        self.created, self.updated = time.time(), 0.0  # 0: it is through
        self.environments, self.environments_made = [], 0
        self.pools = {}
        self.in_use = settings  # what $LATEST runs: the latest, once its update is through
        self.folder = world.folder("functions", f"{settings.name}-{world.hex(6)}")
        self.throttled = self.invocations = self.in_flight = 0

    def state(self):
        if self.created and time.time() >= self.created + self.world.settings.function_s:
            self.created = 0.0  # active from now on, whatever the setting becomes
        return "Pending" if self.created else "Active"

    def updating(self):
        if time.time() < self.updated + self.world.settings.function_s:
            return True
        self.updated = 0.0
        if self.in_use is not self.latest:
            self.pool("$LATEST", settle=False).retire()
            self.pools.pop("$LATEST", None)
            self.in_use = self.latest
        return False

    def update(self, settings):
        self.latest = settings
        self.updated = time.time()

    def settings_of(self, version):
        if version == "$LATEST":
            self.updating()
            return self.in_use
        return self.versions[version]

    def pool(self, version, settle=True):
        if settle and version == "$LATEST":
            self.updating()
        if version not in self.pools:
            self.pools[version] = Pool(self, self.in_use if version == "$LATEST" else self.versions[version])
        return self.pools[version]

    def publish(self, description):
        """The number of the version that $LATEST now is."""
        last = max(self.versions, key=int, default=None)
        if last is not None and self.latest.same_as(self.versions[last]):
            return last
        number = str(int(last or 0) + 1)
        self.versions[number] = fresh(self.latest, version=number, arn=f"{self.latest.arn}:{number}",
                                      description=description or self.latest.description)
        return number

    def unprovision(self, version):
        pool = self.pool(version)
        pool.provision(0)
        self.world.meter.keep(pool.settings, 0)
        del self.provisioned[version]

    def drop_version(self, version):
        if version in self.provisioned:
            self.unprovision(version)
        self.pool(version).retire()
        self.pools.pop(version)
        del self.versions[version]

    def code_folder(self):
        return os.path.join(self.folder, "code-" + self.world.hex(6))

    def destroy(self):
        for one in self.environments:
            one.end()

    def wait_gone(self, seconds):
        for one in self.environments:
            one.wait_gone(seconds)
