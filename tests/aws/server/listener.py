"""HTTP listeners: what the front, instances' metadata and functions' Runtime API have in common."""

import http.server
import sys
import threading
import traceback


class Handler(http.server.BaseHTTPRequestHandler):
    """Keeps connections, sends each answer at once, and logs nothing."""
    protocol_version = "HTTP/1.1"
    sys_version = ""
    wbufsize = -1
    disable_nagle_algorithm = True

    def send(self, status, body, headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if status != 204:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)
        self.wfile.flush()

    def handle_expect_100(self):
        going_on = super().handle_expect_100()
        self.wfile.flush()  # the client waits for it before it sends the body
        return going_on

    def log_message(self, *_):
        pass


class Listener(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def __init__(self, handler, port=0):
        super().__init__(("127.0.0.1", port), handler)
        self.port = self.server_address[1]
        self._closed = False

    def start(self):
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.5}, daemon=True).start()
        return self

    def close(self):
        """Soon, and once."""
        if not self._closed:
            self._closed = True
            threading.Thread(target=self._close, daemon=True).start()

    def _close(self):
        self.shutdown()
        self.server_close()

    def handle_error(self, request, client_address):
        # Clients may go away when they like; what else goes wrong is ours.
        if not isinstance(sys.exc_info()[1], (ConnectionError, TimeoutError)):
            traceback.print_exc()
