"""All state of one server: settings, who may what, the calls so far, instances and functions."""

import dataclasses
import os
import random
import threading
import time
from urllib.parse import quote

import bill
import estate
import policy
from addresses import Addresses
from faults import Faults
from keys import ACCOUNT, Keys


@dataclasses.dataclass
class Settings:
    boot_s: float = 2.0  # pending -> running
    status_s: float = 1.0  # running -> status checks passed
    consistency_s: float = 0.0  # how long a new instance is not seen by Describe and Terminate
    terminate_after_s: float = 35.0  # SIGTERM -> SIGKILL
    keep_terminated_s: float = 3600.0  # how long a terminated instance stays listed
    script_end: str = "terminate"  # what a script's end without `shutdown` does: terminate, or stay (as on AWS)
    empty_pages: bool = False  # pages that are empty but have a next token, as EC2 may answer
    function_s: float = 0.3  # a function's Pending -> Active, an update's InProgress -> Successful
    warm_s: float = 300.0  # how long an idle environment is kept
    init_s: float = 10.0  # the limit of a function's initialisation
    minimum_billed_s: float = 60.0  # what each run of an instance costs at least; AWS's is a minute
    provisioned_s: float = 0.2  # before an environment that is to be kept provisioned is initialised
    freeze: bool = False  # environments are stopped (SIGSTOP) between invocations, as on AWS

    def set(self, name, value):
        kinds = {field.name: field.type for field in dataclasses.fields(self)}
        if name not in kinds:
            raise ValueError(f"no setting '{name}'; there are {', '.join(kinds)}")
        wanted = kinds[name]
        if wanted is float and isinstance(value, int) and not isinstance(value, bool):
            value = float(value)
        if not isinstance(value, wanted) or (name == "script_end" and value not in ("terminate", "stay")):
            raise ValueError(f"setting '{name}' cannot be {value!r}")
        setattr(self, name, value)


@dataclasses.dataclass
class Call:
    number: int
    at: float
    service: str
    action: str = ""
    key: str = ""
    parameters: object = None
    status: int = 0
    code: str = ""
    fault: str = ""
    request_id: str = ""
    permissions: list = dataclasses.field(default_factory=list)  # IAM actions that it took, each once, in order


class World:
    def __init__(self, root, program, seed, settings=None):
        self.root = root
        self.program = program
        self.settings = settings or Settings()
        self.draw = random.Random(seed)
        self.keys = Keys()
        self.faults = Faults(random.Random(seed + 1))
        self.policies = {}  # name to policy document
        self.capacity = {}  # (type, market) to how many more may be launched
        self.quotas = {code: value for code, (_, _, value) in estate.QUOTAS.items()}
        self.templates = dict(estate.TEMPLATES)
        self.function_roles = set(estate.FUNCTION_ROLES)
        self.account = ACCOUNT
        self.addresses = Addresses()
        self.instances = {}  # id to Instance, in the order of their launch
        self.reservations_by_token = {}
        self.functions = {}  # name to Function
        self.deleted_functions = []
        self.meter = bill.Meter()
        self.lock = threading.RLock()  # of the services' state; never held while waiting
        self.calls = []
        self.mistakes = []  # of this server: it answered them by 599
        self._calls_lock = threading.Lock()
        self._serving = threading.local()
        self.started = time.time()

    def call(self, service, request_id):
        with self._calls_lock:
            made = Call(len(self.calls) + 1, time.time(), service, request_id=request_id)
            self.calls.append(made)
        self._serving.call = made
        return made

    def hex(self, digits):
        with self.lock:
            return f"{self.draw.getrandbits(4 * digits):0{digits}x}"

    def refused_because(self, principal, action, resource, context):
        """None where the principal may do it, else why not. Asked from the thread that serves the call."""
        if action not in self._serving.call.permissions:
            self._serving.call.permissions.append(action)
        if not principal.policy_of:
            return None
        document = self.policies.get(principal.policy_of)
        if document is None:
            return None if principal.policy_of.startswith("role/") else f"because it has no policy that allows {action}"
        return policy.refused_because(document, action, resource, context)

    def folder(self, *parts):
        path = os.path.join(self.root, *parts)
        os.makedirs(path, exist_ok=True)
        return path

    def tools(self):
        """A folder that holds the program as `paragon`, for the PATH of functions."""
        folder = self.folder("tools")
        link = os.path.join(folder, "paragon")
        with self.lock:
            if self.program and not os.path.islink(link):
                os.symlink(self.program, link)
        return folder

    def object_path(self, bucket, key):
        """Where an object of S3 lies, whether it is there or not."""
        return os.path.join(self.root, "s3", quote(bucket, safe=""), quote(key, safe=""))

    def destroy(self):
        """Ends everything that runs; returns when it is gone or has had a few seconds."""
        with self.lock:
            ones = [*self.instances.values(), *self.functions.values(), *self.deleted_functions]
            for one in ones:
                one.destroy()
        for one in ones:
            one.wait_gone(5)
