"""The listener: reads requests, finds the service that each is for, sends answers, and cuts connections when told."""

import socket
import struct
import traceback

import control
import sigv4
from listener import Handler, Listener
from message import Answer, Request
from service import serve

LONGEST_BODY = 80 << 20  # nothing that AWS takes is longer


class Server(Listener):
    def __init__(self, world, services, port=0):
        self.world = world
        self.services = {service.name: service for service in services}
        super().__init__(Connection, port)

    def service_for(self, request):
        """By the credential scope; what is not signed, by its looks. None where it fits no service."""
        named = sigv4.service_of(request)
        if named is not None:
            return self.services.get(named)
        if request.path.startswith("/20"):
            return self.services.get("lambda")
        if request.path.startswith("/federation/"):
            return self.services.get("sso")
        if request.path.startswith("/v2/credentials/"):
            return self.services.get("container")
        if b"Action=AssumeRole" in request.body or "Action=AssumeRole" in request.query:
            return self.services.get("sts")
        return self.services["ec2"]


class Connection(Handler):
    server_version = "AmazonEC2"
    timeout = 120

    def _any(self):
        length = self.headers.get("Content-Length")
        if self.headers.get("Transfer-Encoding") or (length is None and self.command in ("POST", "PUT")):
            self.close_connection = True
            return self._send(Answer(411, b"Content-Length is needed\n", "text/plain"), "all")
        length = length or "0"
        if not length.isdigit() or int(length) > LONGEST_BODY:
            self.close_connection = True
            return self._send(Answer(413, b"too long\n", "text/plain"), "all")
        path, _, query = self.path.partition("?")
        request = Request(self.command, path, query,
                          [(name.lower(), value) for name, value in self.headers.items()],
                          self.rfile.read(int(length)))
        if path.startswith("/_control"):
            return self._send(control.answer(self.server.world, request), "all")
        service = self.server.service_for(request)
        if service is None:
            self._send(Answer(404, b"no such service here\n", "text/plain"), "all")
            return None
        try:
            answer, sent = serve(service, request)
        except Exception:  # ours: never to be taken for AWS's
            traceback.print_exc()
            self.server.world.mistakes.append(traceback.format_exc())
            answer, sent = Answer(599, traceback.format_exc().encode(), "text/plain"), "all"
        return self._send(answer, sent)

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = do_PATCH = _any  # noqa: N815

    def _send(self, answer, sent):
        if sent == "none":
            return self._cut()
        headers = {"Content-Type": answer.kind, **answer.headers}
        if sent == "all":
            return self.send(answer.status, answer.body, headers)
        self.send_response(answer.status)
        for name, value in {**headers, "Content-Length": str(len(answer.body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer.body[:len(answer.body) // 2])
        self.wfile.flush()
        return self._cut()

    def _cut(self):
        """Closes so that the other side sees the connection end or break."""
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
