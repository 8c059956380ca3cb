"""The access keys that the server knows, and whose they are. All of them are made up; none opens anything elsewhere."""

import dataclasses
import math
import secrets
import threading
import time

ACCOUNT = "123456789012"


@dataclasses.dataclass
class Principal:
    key: str
    secret: str
    arn: str
    user_id: str
    token: str = ""
    expires: float = math.inf
    policy_of: str = ""  # the policy that it is held to; "" may do all


FULL = Principal("AKIAPARAGONFULL00000", "full/Secret+0123456789abcdefghijklmnopqr",
                 f"arn:aws:iam::{ACCOUNT}:user/full", "AIDAPARAGONFULL00000")
LIMITED = Principal("AKIAPARAGONLIMITED00", "limited/Secret+0123456789abcdefghijklmno",
                    f"arn:aws:iam::{ACCOUNT}:user/limited", "AIDAPARAGONLIMITED00", policy_of="limited")
EXPIRED = Principal("ASIAPARAGONEXPIRED00", "expired/Secret+0123456789abcdefghijklmno",
                    f"arn:aws:sts::{ACCOUNT}:assumed-role/expired/session", "AROAPARAGONEXPIRED00:session",
                    token="FwoGZXhwaXJlZA//expired+token==", expires=0.0)


class Keys:
    """Permanent keys, and sessions of roles that STS and instance metadata hand out."""

    def __init__(self):
        self._lock = threading.Lock()
        self._known = {one.key: one for one in (FULL, LIMITED, EXPIRED)}

    def find(self, key):
        with self._lock:
            return self._known.get(key)

    def session(self, role, name, seconds):
        """A new session of a role; it is held to the policy `role/NAME` where the control set one."""
        tail = secrets.token_hex(8).upper()
        made = Principal("ASIA" + tail, secrets.token_urlsafe(30), f"arn:aws:sts::{ACCOUNT}:assumed-role/{role}/{name}",
                         f"AROAPARAGON{role.upper()[:9]:0<9}:{name}", token="FwoG" + secrets.token_urlsafe(60) + "+/=",
                         expires=time.time() + seconds, policy_of="role/" + role)
        with self._lock:
            self._known[made.key] = made
        return made
