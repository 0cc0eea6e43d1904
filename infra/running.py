"""Where the local cloud is that `make run` started, for the other commands: a small file, there as long as it runs."""

import json
from pathlib import Path
from typing import Any

import boto3

FILE = Path(__file__).resolve().parent.parent / ".local" / "running.json"


class NothingRunsError(Exception):
    """No `make run` runs."""


def running() -> dict[str, str]:
    """The running cloud: `webhook_url`, `secret`, `endpoint_url`, `signing_secrets_id`, `inbox_table`, `books_table`.

    Raises:
        NothingRunsError: there is none.
    """
    try:
        found: dict[str, str] = json.loads(FILE.read_text())
    except FileNotFoundError:
        raise NothingRunsError("no local cloud runs; start one with `make run` in another terminal") from None
    return found


def announce(**where: str) -> None:
    """Say where the cloud is."""
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text(json.dumps(where))


def forget() -> None:
    """Say that it is gone."""
    FILE.unlink(missing_ok=True)


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
