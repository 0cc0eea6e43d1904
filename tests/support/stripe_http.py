"""How the stand-ins for Stripe's API speak HTTP: on loopback, with its headers and its form encoding."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl


class StripeHandler(BaseHTTPRequestHandler):
    """Answers as Stripe does; what there is to answer is for a subclass to say."""

    def respond(self, status: int, text: str) -> None:
        self.send_response(status)
        self.send_header("request-id", "req_1")
        # The SDK's own retries take seconds, and are Stripe's to test.
        self.send_header("stripe-should-retry", "false")
        self.send_header("content-length", str(len(text.encode())))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_: object) -> None: ...


@contextmanager
def serving(handler: type[StripeHandler]) -> Iterator[str]:
    """Serve it, and give its URL."""
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def form_fields(encoded: str) -> dict[str, Any]:
    """Stripe's form encoding: `a=1`, `a[]=1`, `a[0]=1` and `a[b]=1`."""
    fields: dict[str, Any] = {}
    for name, value in parse_qsl(encoded, keep_blank_values=True):
        parts = re.fullmatch(r"(\w+)(?:\[(\w*)\])?", name)
        assert parts, name
        outer, inner = parts.groups()
        if inner is None:
            fields[outer] = value
        elif inner.isdigit() or not inner:
            fields.setdefault(outer, []).append(value)
        else:
            fields.setdefault(outer, {})[inner] = value
    return fields
