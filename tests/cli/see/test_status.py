"""The state of a stack fits ten lines, and the exit code says whether a person is needed."""

import pytest
from botocore.exceptions import EndpointConnectionError

from cli.see import status
from tests.cli.operator_at_work import Operator
from tests.consumer.examples import tell_and_remind


@pytest.fixture(autouse=True)
def running(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(status, "_mappings", lambda _where: {"events.fifo": "Enabled"})


def test_a_quiet_stack_needs_nobody(at_work: Operator) -> None:
    said = at_work.types("status")
    assert len(said.splitlines()) <= 10
    assert "none is on" in said
    assert "no dead letter" in said


def test_each_trouble_has_its_line(at_work: Operator) -> None:
    at_work.fails_at("evt_1")
    at_work.lies_in("effects-dlq", "{}")
    at_work.fails_at("evt_2", KeyError("x"))
    at_work.world.decide = tell_and_remind
    at_work.world.consume("m3", "evt_3")
    said = at_work.types("status", code=1)
    assert len(said.splitlines()) <= 10
    assert "retried   1, the oldest for" in said
    assert "owing     1, the oldest for" in said
    assert "failed    1, the oldest for" in said
    assert "1 in effects-dlq; 1 cause: ./billhook dead" in said


def test_an_event_of_a_clock_that_is_ahead_has_waited_no_negative_time(at_work: Operator) -> None:
    at_work.world.clock.now += 0.81
    at_work.world.decide = tell_and_remind
    at_work.world.consume("m3", "evt_3")
    at_work.world.clock.now -= 0.81
    assert "owing     1, the oldest for 0 ms" in at_work.types("status")


def test_without_a_stopped_trigger_the_line_says_so(at_work: Operator) -> None:
    assert "stopped   no trigger is stopped" in at_work.types("status")


def test_an_alarm_that_is_on_is_named(at_work: Operator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(status, "_alarms", lambda _where: ["dead-letters"])
    assert "dead-letters" in at_work.types("status", code=1)


def test_a_trigger_that_somebody_stopped_is_named(at_work: Operator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(status, "_mappings", lambda _where: {"events.fifo": "Disabled", "mails": "Enabled"})
    assert "stopped   events.fifo" in at_work.types("status")


def test_a_service_that_refuses_hides_no_other_figure(at_work: Operator, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuses(_where: object) -> list[str]:
        raise EndpointConnectionError(endpoint_url="https://monitoring")

    monkeypatch.setattr(status, "_alarms", refuses)
    said = at_work.types("status")
    assert "unknown: AWS does not answer" in said
    assert "no dead letter" in said
