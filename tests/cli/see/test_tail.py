"""Events are printed as they enter the inbox and each time that they change, until Ctrl-C."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from cli.command import main
from cli.see import tail
from shared.inbox.entered import SHARDS
from tests.cli.operator_at_work import Operator
from tests.consumer.examples import only_save, tell_and_remind


@dataclass
class Between:
    """What happens between the looks, one thing after each; then Ctrl-C."""

    operator: Operator
    steps: list[Callable[[], object]] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        self.operator.world.clock.now += seconds
        if not self.steps:
            raise KeyboardInterrupt
        self.steps.pop(0)()


def follow(
    at_work: Operator, monkeypatch: pytest.MonkeyPatch, *filters: str, steps: list[Callable[[], object]]
) -> list[str]:
    """The lines that tail prints while `steps` happen."""
    between = Between(at_work, steps)
    monkeypatch.setattr(tail, "time", SimpleNamespace(time=at_work.world.clock, sleep=between.sleep))
    return at_work.types("tail", *filters, code=130).splitlines()[2:]


def told(at_work: Operator, monkeypatch: pytest.MonkeyPatch) -> str:
    """What tail prints before it looks."""
    monkeypatch.setattr(tail, "time", SimpleNamespace(time=at_work.world.clock, sleep=Between(at_work).sleep))
    return at_work.types("tail", code=130)


def comes(at_work: Operator, event_id: str, **changes: object) -> Callable[[], object]:
    def saved() -> None:
        at_work.world.decide = only_save
        at_work.world.consume(f"message of {event_id}", event_id, **changes)

    return saved


def test_a_new_event_is_printed_once(at_work: Operator, monkeypatch: pytest.MonkeyPatch) -> None:
    comes(at_work, "evt_before")()
    at_work.world.clock.now += 60
    steps = [comes(at_work, "evt_1"), lambda: None, comes(at_work, "evt_2"), lambda: None]
    lines = follow(at_work, monkeypatch, steps=steps)
    assert [line.split()[1:4] for line in lines] == [
        ["evt_1", "done", "invoice.payment_failed,"],
        ["evt_2", "done", "invoice.payment_failed,"],
    ]


def test_an_event_that_settles_is_printed_again(at_work: Operator, monkeypatch: pytest.MonkeyPatch) -> None:
    def owes() -> None:
        at_work.world.decide = tell_and_remind
        at_work.world.consume()

    lines = follow(at_work, monkeypatch, steps=[owes, lambda: None, at_work.world.work_all, lambda: None])
    assert [line.split()[2] for line in lines] == ["committed", "done"]


def test_each_failed_attempt_is_printed_with_its_error(at_work: Operator, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails() -> None:
        at_work.fails_at("evt_1", KeyError("x"))

    lines = follow(at_work, monkeypatch, steps=[fails, lambda: None, fails])
    assert [line.split()[:2] for line in lines if "attempt" in line] == [["attempt", "1:"], ["attempt", "2:"]]


def test_filters_hold_as_in_the_list(at_work: Operator, monkeypatch: pytest.MonkeyPatch) -> None:
    comes(at_work, "evt_early")()
    at_work.world.clock.now += 60
    steps = [comes(at_work, "evt_1"), comes(at_work, "evt_2", account="acct_2"), lambda: at_work.fails_at("evt_3")]
    found = [
        [word for line in follow(at_work, monkeypatch, *filters, steps=list(steps)) for word in line.split()[1:2]]
        for filters in (["account:acct_2"],)
    ]
    assert found == [["evt_2"]]
    assert [line.split()[1] for line in follow(at_work, monkeypatch, "since:1h", "state:done", steps=[])] == [
        "evt_early",
        "evt_1",
        "evt_2",
    ]


def test_json_is_one_line_an_event(at_work: Operator, monkeypatch: pytest.MonkeyPatch) -> None:
    comes(at_work, "evt_1")()
    between = Between(at_work)
    monkeypatch.setattr(tail, "time", SimpleNamespace(time=at_work.world.clock, sleep=between.sleep))
    (line,) = at_work.types("tail", "since:1h", "--json", code=130).splitlines()
    assert json.loads(line)["id"] == "evt_1"


def test_an_older_event_is_stamped_with_its_own_time(at_work: Operator, monkeypatch: pytest.MonkeyPatch) -> None:
    comes(at_work, "evt_1")()
    settled = datetime.fromtimestamp(at_work.world.clock(), UTC)
    at_work.world.clock.now += 3600
    lines = follow(at_work, monkeypatch, "since:48h", steps=[])
    assert [line.split()[:2] for line in lines if "evt_" in line] == [[f"{settled:%H:%M:%S}", "evt_1"]]
    at_work.world.clock.now += 24 * 3600
    lines = follow(at_work, monkeypatch, "since:48h", steps=[])
    assert [line.partition(" evt_1")[0] for line in lines if "evt_" in line] == [f"{settled:%d %b %H:%M:%S}"]


def test_a_redriven_event_shows_only_if_since_reaches_back_to_it(
    at_work: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_work.fails_at("evt_1")
    at_work.world.clock.now += 600

    def redriven() -> None:
        at_work.world.decide = only_save
        at_work.world.consume("another message", "evt_1")

    assert "redriven and replayed ones entered before" in told(at_work, monkeypatch)
    lines = follow(at_work, monkeypatch, "since:1h", steps=[redriven, lambda: None])
    assert [line.split()[2] for line in lines if " evt_1" in line] == ["failed", "done"]


def test_ctrl_c_ends_without_a_word(
    at_work: Operator, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    between = Between(at_work)
    monkeypatch.setattr(tail, "time", SimpleNamespace(time=at_work.world.clock, sleep=between.sleep))
    assert main(["tail", "--stack", "billhook"]) == 130
    assert capsys.readouterr().err == ""


def test_a_look_costs_a_query_for_each_shard_and_reads_what_is_not_settled(
    at_work: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails() -> None:
        at_work.fails_at("evt_1", KeyError("x"))

    follow(at_work, monkeypatch, steps=[fails, at_work.calls.clear])
    assert dict(at_work.calls) == {"Query": SHARDS, "BatchGetItem": 1}
