"""A run is counted in metrics, and its log names events by id and tells nothing of what they hold."""

import pytest

from infra import samples
from tests.reconcile.conftest import HOUR, House, Lines


def test_a_run_is_counted(house: House, lines: Lines) -> None:
    house.begun()
    house.happens(HOUR + 60)
    house.happens(HOUR + 50, accepted=True)
    lines()

    house.run()

    (metrics,) = [line for line in lines() if "_aws" in line]
    assert metrics["_aws"]["CloudWatchMetrics"][0]["Dimensions"] == [["service"]]
    counted = {name: metrics[name] for name in ("service", "Checked", "Missing", "Healed")}
    assert counted == {"service": "reconcile", "Checked": 2, "Missing": 1, "Healed": 1}


def test_the_log_names_events_by_id_and_tells_nothing_of_their_content(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    house.begun()
    event = samples.fresh("invoice.paid", house.clock.now - HOUR - 60)
    house.stripe.has(event)
    house.run()

    logged = capsys.readouterr().out
    assert event["id"] in logged
    assert event["data"]["object"]["customer_email"] not in logged
