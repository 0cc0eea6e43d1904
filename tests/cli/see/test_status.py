"""The state of a stack fits ten lines, and the exit code says whether a person is needed."""

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError

import cli.local.running
from cli.command import main
from cli.see import status
from tests.cli.operator_at_work import Operator
from tests.consumer.examples import tell_and_remind


@pytest.fixture(autouse=True)
def running(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(status, "_mappings", lambda _where: {"events.fifo": "Enabled"})


def has_alarm(name: str, namespace: str, state: str = "OK") -> None:
    """Give the stack an alarm."""
    cloudwatch = boto3.client("cloudwatch")
    cloudwatch.put_metric_alarm(
        AlarmName=f"billhook-{name}",
        Namespace=namespace,
        MetricName="Metric",
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanOrEqualToThreshold",
    )
    cloudwatch.set_alarm_state(AlarmName=f"billhook-{name}", StateValue=state, StateReason="test")


def test_a_quiet_stack_needs_nobody(at_work: Operator) -> None:
    has_alarm("dead-letters", "AWS/SQS")
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


def test_an_alarm_that_is_on_is_named(at_work: Operator) -> None:
    has_alarm("dead-letters", "AWS/SQS", "ALARM")
    has_alarm("untrusted", "Billhook/billhook")
    assert "alarms    dead-letters\n" in at_work.types("status", code=1)
    assert at_work.reads("status", code=1)["alarms"] == ["dead-letters"]


def test_a_stack_without_alarms_is_not_called_quiet(at_work: Operator) -> None:
    assert "alarms    the stack has none\n" in at_work.types("status")


def test_the_local_cloud_counts_the_alarms_that_never_go_on(at_work: Operator, monkeypatch: pytest.MonkeyPatch) -> None:
    has_alarm("dead-letters", "AWS/SQS")
    has_alarm("untrusted", "Billhook/billhook")
    assert "alarms    none is on\n" in at_work.types("status")
    monkeypatch.setattr(cli.local.running, "client", boto3.client)
    main(["status"])
    said = at_work.capsys.readouterr().out
    assert "alarms    none is on; 1 of 2 never go on here: no queue is measured\n" in said
    has_alarm("untrusted", "Billhook/billhook", "ALARM")
    main(["status"])
    assert "alarms    untrusted\n" in at_work.capsys.readouterr().out


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
