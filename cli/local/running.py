"""Where the local clouds of `make run` are, for the other commands: a small file each, there as long as it runs."""

import contextlib
import json
import socket
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3

FOLDER = Path(__file__).resolve().parents[2] / ".local" / "running"


class NothingRunsError(Exception):
    """No `make run` runs."""


def running() -> dict[str, str]:
    """The cloud that was announced last, of those that still answer.

    It has `webhook_url`, `secret`, `endpoint_url`, `bind`, `signing_secrets_id`, `inbox_table` and `books_table`,
    and `announced_ns`, epoch nanoseconds.

    Raises:
        NothingRunsError: there is none.
    """
    for where in _announced():
        if _answers(where["endpoint_url"]):  # a cloud that was killed leaves its file behind
            return where
    raise NothingRunsError("no local cloud runs; start one with `make run` in another terminal")


def announce(*, endpoint_url: str, **where: str) -> None:
    """Say where a cloud is."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    file = _file(endpoint_url)
    draft = file.with_suffix(".draft")
    draft.write_text(json.dumps({"announced_ns": str(time.time_ns()), "endpoint_url": endpoint_url, **where}))
    draft.replace(file)  # nobody reads half of it


def forget(endpoint_url: str) -> None:
    """Say that the cloud is gone; those at other ports stay."""
    _file(endpoint_url).unlink(missing_ok=True)


def client(service: str) -> Any:  # noqa: ANN401 - what boto3 gives
    """A client of the running cloud.

    Raises:
        NothingRunsError: there is none.
    """
    return boto3.client(  # type: ignore[call-overload] # its overloads want literals
        service,
        region_name="us-east-1",
        endpoint_url=running()["endpoint_url"],
        aws_access_key_id="test",
        aws_secret_access_key="test",  # noqa: S106 - the local cloud takes any
    )


def _file(endpoint_url: str) -> Path:
    return FOLDER / f"{urlsplit(endpoint_url).port}.json"


def _announced() -> list[dict[str, str]]:
    """What each file holds, the newest first."""
    found: list[dict[str, str]] = []
    for file in FOLDER.glob("*.json"):
        with contextlib.suppress(FileNotFoundError):  # its cloud ends at this moment
            found.append(json.loads(file.read_text()))
    return sorted(found, key=lambda where: int(where["announced_ns"]), reverse=True)


def _answers(endpoint_url: str) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", urlsplit(endpoint_url).port)) == 0
