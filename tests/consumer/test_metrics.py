"""What was received is counted by currency, once a payment, and by nothing that would tell whose it was."""

import json
from typing import Any

import pytest

from functions.consumer.metrics import counted
from shared.effects import Publish, Scalar


def announcement(name: str, **facts: Scalar) -> Publish:
    record = "acct_1#pi_1/payment"
    return Publish(id=name, name=name, at=1, account="acct_1", customer="cus_1", record=record, version=1, facts=facts)


def printed(capsys: pytest.CaptureFixture[str], *announcements: Publish) -> list[dict[str, Any]]:
    assert counted(lambda _all: "published")(announcements) == "published"
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_payment_that_succeeded_is_counted_under_its_currency(capsys: pytest.CaptureFixture[str]) -> None:
    (metric,) = printed(capsys, announcement("payment.succeeded", amount_received=2900, currency="usd"))

    assert (metric["PaymentReceived"], metric["currency"]) == ([2900], "usd")
    assert metric["_aws"]["CloudWatchMetrics"][0]["Dimensions"] == [["currency"]]
    assert "acct_1" not in json.dumps(metric)


def test_nothing_else_is_counted(capsys: pytest.CaptureFixture[str]) -> None:
    assert printed(capsys, announcement("payment.failed"), announcement("order.fulfilled", amount=1)) == []
