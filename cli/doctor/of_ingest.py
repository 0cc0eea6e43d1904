"""What `billhook doctor` finds at the webhook URL: whether ingest accepts an event signed with each stored secret."""

import json
import time
from collections.abc import Callable, Iterator, Mapping

from cli.doctor.finding import Finding, ok, wrong
from cli.samples import samples

PING = "billhook.ping"
"""A type that no handler takes: the consumer records it as ignored."""


def ping(name: str, livemode: str) -> bytes:
    """The body of a ping, with the id that Stripe gives to test events, which is no repetition of another."""
    now = int(time.time())
    event = {
        "id": "evt_00000000000000",
        "object": "event",
        "type": PING,
        "created": now,
        "livemode": livemode == "true",
        "api_version": None,
        "data": {"object": {"id": "ping", "object": "ping"}},
    }
    return json.dumps(event | ({"account": "acct_00000000000000"} if name == "connect" else {})).encode()


def of_secrets(
    url: str,
    secrets: Mapping[str, tuple[bytes, ...]],
    livemode: str,
    command: str,
    post: Callable[[str, bytes, str], int],
) -> Iterator[Finding]:
    """Whether ingest accepts what each endpoint's newest secret signs.

    Args:
        url: the stack's WebhookUrl.
        secrets: the stored signing secrets of each endpoint, newest first.
        livemode: the stack's parameter `Livemode`.
        command: the command that makes endpoints and stores their secrets.
        post: posts a body with a signature to a URL; returns the status of the answer, 0 if there is none.
    """
    if not any(secrets.values()):
        yield wrong("signing secrets", "none is stored, and every event gets 400", command)
    for name, theirs in secrets.items():
        if not theirs:
            continue
        body = ping(name, livemode)
        signed = samples.signature(body, theirs[0].decode(), int(time.time()))
        match post(f"{url}/{name}", body, signed):
            case 200:
                yield ok("signing secrets", f"{name}: ingest accepted a signed ping")
            case 400:
                yield wrong(
                    "signing secrets", f"{name}: ingest refused its newest secret", "wait ten seconds, and look again"
                )
            case status:
                says = f"{name}: the webhook URL answered {status or 'nothing'}"
                yield wrong("webhook URL", says, "look at the log of ingest: docs/runbook.md, ingest-failed")
