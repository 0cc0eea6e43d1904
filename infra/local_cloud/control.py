"""The emulator's own HTTP endpoint, on loopback: reads and moves its clock.

- `GET /clock` reads the clock, and `POST /clock?advance=S` moves it S seconds forward.
- `POST /clock?ahead=S` sets it S seconds ahead of the real time; negative is behind. Senders that use the real time,
  such as the Stripe CLI, need 0.
- `GET /functions` returns how many Lambda invocations are under way.
"""

import functools
import json
import threading
import time
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socketserver import BaseServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from ministack.core.concurrency import esm_wake
from ministack.services import lambda_svc

from infra.local_cloud import shared_clock
from infra.local_cloud.patches import schedule_tick


class _Control(BaseHTTPRequestHandler):
    def __init__(self, clock_file: Path, request: Any, client: Any, server: BaseServer) -> None:  # noqa: ANN401 -- base
        self._clock_file = clock_file
        super().__init__(request, client, server)

    def do_GET(self) -> None:
        if urlsplit(self.path).path == "/functions":
            running, _by_function = lambda_svc.executions_in_flight()
            self._answer(HTTPStatus.OK, {"running": running})
            return
        self._answer(HTTPStatus.OK, {"now": time.time(), "ahead": shared_clock.ahead(self._clock_file)})

    def do_POST(self) -> None:
        asked = parse_qs(urlsplit(self.path).query)
        try:
            if "ahead" in asked:
                shared_clock.put(self._clock_file, float(asked["ahead"][0]))
            else:
                shared_clock.advance(self._clock_file, float(asked["advance"][0]))
        except (KeyError, ValueError) as wrong:
            self._answer(HTTPStatus.BAD_REQUEST, {"error": str(wrong)})
            return
        schedule_tick.look_now()
        esm_wake.set()  # messages that have just become visible are received at once
        self.do_GET()

    def _answer(self, status: HTTPStatus, body: object) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())

    def log_message(self, *_arguments: object) -> None:
        """Log nothing: people read the emulator's log when something fails."""


def serve(port: int, clock_file: Path) -> None:
    """Answer on 127.0.0.1:`port` in the background until the process ends.

    Args:
        port: a free port.
        clock_file: the file of the clock.

    Raises:
        OSError: the port is taken.
    """
    server = ThreadingHTTPServer(("127.0.0.1", port), functools.partial(_Control, clock_file))
    threading.Thread(target=server.serve_forever, daemon=True).start()
