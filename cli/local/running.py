"""The running local clouds of `billhook run`, for the other commands: each has a small file while it runs."""

import contextlib
import json
import socket
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3

from cli.errors import RefusedError

FOLDER = Path(__file__).resolve().parents[2] / ".local" / "running"


class NothingRunsError(RefusedError):
    """No local cloud runs."""


def running() -> dict[str, str]:
    """The cloud that was announced last, among those that still answer.

    The result has `webhook_url`, `secret`, `endpoint_url`, `bind`, `signing_secrets_id`, `inbox_table`, `books_table`,
    `access_table`, and `announced_ns`, in epoch nanoseconds.

    Raises:
        NothingRunsError: no cloud runs.
    """
    for where in _announced():
        if _answers(where["endpoint_url"]):  # a killed cloud leaves its file
            return where
    raise NothingRunsError(
        "no local cloud runs; start one with `./billhook run` in another terminal, or name a stack in AWS with --stack"
    )


def announce(*, endpoint_url: str, **where: str) -> None:
    """Write the file of a cloud that has started."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    file = _file(endpoint_url)
    draft = file.with_suffix(".draft")
    draft.write_text(json.dumps({"announced_ns": str(time.time_ns()), "endpoint_url": endpoint_url, **where}))
    draft.replace(file)  # so that no command reads half a file


def forget(endpoint_url: str) -> None:
    """Remove the file of a cloud. The files of clouds at other ports stay."""
    _file(endpoint_url).unlink(missing_ok=True)


def client(service: str) -> Any:  # noqa: ANN401 - as in boto3.client
    """A boto3 client of the running cloud.

    Raises:
        NothingRunsError: no cloud runs.
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
    """The content of each file, newest first."""
    found: list[dict[str, str]] = []
    for file in FOLDER.glob("*.json"):
        with contextlib.suppress(FileNotFoundError):  # its cloud has just ended
            found.append(json.loads(file.read_text()))
    return sorted(found, key=lambda where: int(where["announced_ns"]), reverse=True)


def _answers(endpoint_url: str) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", urlsplit(endpoint_url).port)) == 0
