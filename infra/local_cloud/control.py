"""The emulator's own HTTP endpoint, on loopback: `GET /clock` reads its clock, `POST /clock?advance=S` moves it."""

import json
import threading
import time
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from ministack.core.concurrency import esm_wake

from infra.local_cloud.mends import clock, schedule_tick


class _Control(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self._answer(HTTPStatus.OK, {"now": time.time(), "ahead": clock.ahead()})

    def do_POST(self) -> None:
        try:
            clock.advance(float(parse_qs(urlsplit(self.path).query)["advance"][0]))
        except (KeyError, ValueError) as wrong:
            self._answer(HTTPStatus.BAD_REQUEST, {"error": str(wrong)})
            return
        schedule_tick.look_now()
        esm_wake.set()  # messages that were invisible until now are to be received at once
        self.do_GET()

    def _answer(self, status: HTTPStatus, body: object) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())

    def log_message(self, *_arguments: object) -> None:
        """Say nothing: the emulator's log is read when something fails."""


def serve(port: int) -> None:
    """Answer on 127.0.0.1:`port` in the background for as long as the process lives.

    Args:
        port: a free port.

    Raises:
        OSError: the port is taken.
    """
    server = ThreadingHTTPServer(("127.0.0.1", port), _Control)
    threading.Thread(target=server.serve_forever, daemon=True).start()
