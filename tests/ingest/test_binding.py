"""An event that its endpoint does not vouch for is answered 200, counted, and cannot pass for the true one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.ingest.support import CONNECT, DIRECT, PAYMENT_FAILED, THIN, sign, to_bytes

if TYPE_CHECKING:
    from tests.ingest.support import Ingest

OF_AN_ACCOUNT = PAYMENT_FAILED | {"account": "acct_1"}


@pytest.mark.parametrize(
    ("event", "secret", "vouches"),
    [
        (OF_AN_ACCOUNT, CONNECT, True),
        (PAYMENT_FAILED, CONNECT, False),
        (PAYMENT_FAILED, DIRECT, True),
        (OF_AN_ACCOUNT, DIRECT, False),
        (THIN, CONNECT, True),
        (THIN, DIRECT, False),
        (THIN | {"context": None}, CONNECT, False),
    ],
)
def test_the_log_says_what_an_endpoint_does_not_vouch_for(
    ingest: Ingest, event: dict[str, object], secret: str, capsys: pytest.CaptureFixture[str], *, vouches: bool
) -> None:
    body = to_bytes(event)
    assert ingest.post(body, sign(body, secret)).status == 200
    line = json.loads(capsys.readouterr().out)
    assert ("unvouched" in line, line.get("Unvouched")) == ((False, None) if vouches else (True, 1))
    (message,) = ingest.sent
    name = "connect" if secret == CONNECT else "direct"
    assert message["MessageDeduplicationId"] == (event["id"] if vouches else f"{event['id']}@{name}")


def test_an_id_as_long_as_sqs_allows_still_travels(ingest: Ingest) -> None:
    body = to_bytes(OF_AN_ACCOUNT | {"id": "e" * 128})
    assert ingest.post(body, sign(body, DIRECT)).status == 200
    assert ingest.sent[0]["MessageDeduplicationId"] == "e" * 128


@pytest.mark.parametrize("key", ["", "short"])
def test_without_a_key_nothing_is_queued_and_stripe_tries_again(
    ingest: Ingest, key: str, capsys: pytest.CaptureFixture[str]
) -> None:
    ingest.message_key = key
    answer = ingest.post(to_bytes(PAYMENT_FAILED))
    assert (answer.status, answer.reason, ingest.sent) == (503, "no_message_key", [])
    line = json.loads(capsys.readouterr().out)
    assert (line["level"], line["Failed"]) == ("ERROR", 1)
