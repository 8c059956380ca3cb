"""Addresses of instances: 127.0.N.M, N for one server on this machine, M for one of its instances."""

import errno
import os
import socket
import threading

CLAIM_PORT = 8099


class Addresses:
    """Claims a network 127.0.N.0/24 by listening on its last address, so that servers beside each other differ."""

    def __init__(self):
        self._lock = threading.Lock()
        self._next = 0
        self._used = set()
        for step in range(250):
            self._network = 1 + (os.getpid() + step) % 250
            self._claim = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
            try:
                self._claim.bind((f"127.0.{self._network}.254", CLAIM_PORT))
                self._claim.listen(1)
                return
            except OSError as why:
                self._claim.close()
                if why.errno != errno.EADDRINUSE:
                    raise
        raise SystemExit("aws server: all networks 127.0.1.0/24 to 127.0.250.0/24 are taken by other servers")

    def take(self):
        """(private, public) address of a new instance: nobody answers at the public one."""
        with self._lock:
            for _ in range(253):
                self._next = self._next % 253 + 1
                if self._next not in self._used:
                    self._used.add(self._next)
                    return f"127.0.{self._network}.{self._next}", f"203.0.113.{self._next}"
        raise RuntimeError("253 instances are alive: no address is left")

    def give_back(self, private):
        with self._lock:
            self._used.discard(int(private.rpartition(".")[2]))
