"""`billhook send` posts to the webhook URL as Stripe does: again after 503, with a new signature."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from threading import Thread

import pytest

from cli.samples import samples


class Door:
    """A webhook URL on loopback that answers these statuses, the last one for ever."""

    def __init__(self) -> None:
        self.statuses = [200]
        self.seen: list[tuple[str | None, bytes]] = []
        self.url = ""
        self._signatures = count(1)

    def sign(self) -> str:
        return f"signature {next(self._signatures)}"

    def deliver(self, *statuses: int) -> int:
        self.statuses = list(statuses)
        return samples.deliver(self.url, b"{}", self.sign).status


@pytest.fixture
def door(monkeypatch: pytest.MonkeyPatch) -> Iterator[Door]:
    monkeypatch.setattr(samples, "PAUSES", (0, 0, 0))
    door = Door()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            door.seen.append((self.headers["Stripe-Signature"], body))
            self.send_response(door.statuses.pop(0) if len(door.statuses) > 1 else door.statuses[0])
            self.end_headers()
            self.wfile.write(json.dumps({"reason": "secrets_unavailable"}).encode())

        def log_message(self, *_arguments: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        door.url = f"http://127.0.0.1:{server.server_port}/"
        yield door
        server.shutdown()


def test_it_sends_again_after_503_with_a_fresh_signature(door: Door) -> None:
    assert door.deliver(503, 503, 200) == 200
    assert door.seen == [(f"signature {number}", b"{}") for number in (1, 2, 3)]


@pytest.mark.parametrize("status", [200, 400, 404, 500])
def test_any_other_answer_is_final(door: Door, status: int) -> None:
    assert door.deliver(status) == status
    assert len(door.seen) == 1


def test_it_gives_up_after_the_last_pause(door: Door) -> None:
    assert door.deliver(503) == 503
    assert len(door.seen) == 4


def test_it_tells_why_it_waits(door: Door) -> None:
    told: list[str] = []
    door.statuses = [503, 200]
    samples.deliver(door.url, b"{}", door.sign, told.append)
    assert told == ["503 secrets_unavailable; sending again in 0 s"]
