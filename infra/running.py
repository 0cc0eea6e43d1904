"""Where the local cloud is that `make run` started, for the other commands: a small file, there as long as it runs."""

import json
from pathlib import Path

FILE = Path(__file__).resolve().parent.parent / ".local" / "running.json"


class NothingRunsError(Exception):
    """No `make run` runs."""


def running() -> dict[str, str]:
    """The running cloud's `webhook_url`, `secret`, `endpoint_url` and `signing_secrets_id`.

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
