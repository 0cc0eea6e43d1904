"""Several local clouds may run at once; the other commands find the newest one that still answers."""

import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from cli.local import running

type Start = Callable[[], tuple[str, socket.socket]]


@pytest.fixture
def start(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Start]:
    """Announces a cloud at a new port, and returns its endpoint with the listener that stands for it."""
    monkeypatch.setattr(running, "FOLDER", tmp_path / "running")
    with ExitStack() as listeners:

        def start() -> tuple[str, socket.socket]:
            listener = listeners.enter_context(socket.create_server(("127.0.0.1", 0)))
            endpoint_url = f"http://127.0.0.1:{listener.getsockname()[1]}"
            running.announce(endpoint_url=endpoint_url, secret="whsec_1")
            return endpoint_url, listener

        yield start


def test_without_a_cloud_there_is_advice(start: Start) -> None:
    endpoint_url, _ = start()
    running.forget(endpoint_url)
    with pytest.raises(running.NothingRunsError, match="billhook run"):
        running.running()


def test_a_cloud_is_found_with_all_that_was_announced(start: Start) -> None:
    endpoint_url, _ = start()
    found = running.running()
    assert (found["endpoint_url"], found["secret"]) == (endpoint_url, "whsec_1")


def test_the_newest_cloud_is_found_and_after_its_end_the_one_before(start: Start) -> None:
    first, _ = start()
    second, _ = start()
    assert running.running()["endpoint_url"] == second
    running.forget(second)
    assert running.running()["endpoint_url"] == first


def test_the_end_of_a_cloud_that_was_never_announced_deletes_nothing(start: Start) -> None:
    first, _ = start()
    running.forget("http://127.0.0.1:1")
    assert running.running()["endpoint_url"] == first


def test_a_cloud_that_was_killed_is_passed_over(start: Start) -> None:
    first, _ = start()
    _, killed = start()
    killed.close()
    assert running.running()["endpoint_url"] == first
