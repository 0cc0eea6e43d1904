"""A run is counted in metrics, and its log names events by id only."""

import json
import sys
from uuid import uuid4

import pytest

from cli.samples import samples
from functions.reconcile.hourly import Totals
from functions.reconcile.metrics import OLD, count
from shared.failures.errors import Permanent
from shared.runtime.logger import make_logger
from tests.reconcile.conftest import HOUR, Lines, System
from tests.support.stripe_lists import KEY
from tests.support.talkative import talkative


def test_a_run_is_counted(system: System, lines: Lines) -> None:
    system.begun()
    system.happens(HOUR + 60)
    system.happens(HOUR + 50, accepted=True)
    lines()

    system.run()

    (metrics,) = [line for line in lines() if "_aws" in line]
    assert metrics["_aws"]["CloudWatchMetrics"][0]["Dimensions"] == [["service"]]
    counted = {name: metrics[name] for name in ("service", "Checked", "Missing", "Healed")}
    assert counted == {"service": "reconcile", "Checked": 2, "Missing": 1, "Healed": 1}


def test_the_log_names_events_by_id_and_tells_nothing_of_their_content(
    system: System, capsys: pytest.CaptureFixture[str]
) -> None:
    system.begun()
    event = samples.fresh("invoice.paid", system.clock.now - HOUR - 60)
    system.stripe.has(event)
    system.run()

    logged = capsys.readouterr().out
    assert event["id"] in logged
    assert event["data"]["object"]["customer_email"] not in logged


def test_at_debug_no_library_says_the_key_or_what_an_event_holds(
    system: System, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    system.begun()
    event = samples.fresh("invoice.paid", system.clock.now - HOUR - 60)
    system.stripe.has(event)
    del system.handler  # so that it starts anew
    with talkative():
        system.run()
        system.hours_pass()
        system.secrets.put_secret_value(SecretId=system.key_id, SecretString="rk_test_revoked")
        with pytest.raises(Permanent):
            system.run()

    said = "".join(capfd.readouterr()) + caplog.text
    assert event["id"] in said
    assert [word for word in (KEY, "rk_test_", event["data"]["object"]["customer_email"]) if word in said] == []


@pytest.mark.parametrize(
    ("totals", "level"),
    [
        (Totals(checked=5), "INFO"),
        (Totals(missing=1), "WARN"),
        (Totals(handed_over=1), "WARN"),
        (Totals(dead_effects_s=OLD), "INFO"),
        (Totals(dead_effects_s=OLD + 1), "WARN"),
        (Totals(dead_mails_s=OLD + 1), "WARN"),
    ],
)
def test_what_an_alarm_waits_for_is_a_warning(totals: Totals, level: str, capsys: pytest.CaptureFixture[str]) -> None:
    count(totals, make_logger(f"reconcile-{uuid4().hex}", sys.stdout), "Billhook/billhook")
    assert json.loads(capsys.readouterr().out)["level"] == level
