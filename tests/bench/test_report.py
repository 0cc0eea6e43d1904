"""The report of `make bench` holds every figure, and says which goals are missed."""

from collections import Counter
from pathlib import Path

import pytest

from bench import dollars, report
from bench.counting import Handled
from bench.figures import Measured, goals
from bench.growth import Growth
from bench.local import Local
from bench.meter import Cost
from bench.timing import Timings


def timings(*subjects: str) -> Timings:
    return Timings({subject: [0.002, 0.002, 0.002] for subject in subjects})


def cost(queue: str, *calls: str) -> Cost:
    return Cost(
        "invoice.paid", queue, "done", Counter(calls), reads=1.5, writes=4, written=Counter(outbox=4), logged=500
    )


COMMITTED = cost("events", "dynamodb.BatchGetItem", "dynamodb.TransactWriteItems", "sqs.SendMessage")
OWING = Handled(COMMITTED, (cost("mails", "dynamodb.UpdateItem", "dynamodb.UpdateItem", "sesv2.SendEmail"),))
REPEATED = Handled(cost("events", "dynamodb.BatchGetItem"), ())
ON_A_QUEUE = ("consumer", "effects", "mails", "tutorial")


def measured(one_group: float = 40) -> Measured:
    event = timings(*ON_A_QUEUE, "billhook")
    rates = {(name, groups): 10.0 * groups for name in ("tutorial", "effects", "mails") for groups in (1, 5)}
    return Measured(
        cold=timings("billhook", "bare", "tutorial", "tutorial, compiled", "floor"),
        cold_consumers=timings(*ON_A_QUEUE),
        small=timings("billhook", "floor", "tutorial"),
        large=timings("billhook", "floor", "tutorial"),
        request=timings("billhook", "one SendMessage", "tutorial", "floor"),
        event=event,
        traced=event,
        moved=event,
        story=[OWING],
        duplicate=REPEATED,
        ignored=REPEATED,
        ingest_logged=300,
        zipped={"ingest": 2**20, "tutorial": 2**24},
        resident={"ingest": 2**25},
        rates=rates | {("billhook", 1): one_group, ("billhook", 5): 5 * one_group},
        reads=timings("cold start", "one more"),
        local=Local(
            rates,
            {"committed": [100.0 + number for number in range(100)]},
            reads=[10.0 + number for number in range(100)],
            pages=[200.0 + number for number in range(100)],
        ),
        growth=[Growth(1_000, 1, 10, 5), Growth(1_000, 200, 10, 5), Growth(100_000, 1, 10, 5)],
        dollars=12.0,
        wall="the wall",
    )


def written(found: Measured, folder: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(report, "REPORT", folder / "REPORT.md")
    monkeypatch.setattr(report, "CHART", folder / "chart.svg")
    cpu = dict.fromkeys(("ingest", "events", "effects", "mails"), 0.001)
    report.write(found, goals(found), dollars.bill(found.story, found.ingest_logged, cpu), 300)
    return (folder / "REPORT.md").read_text()


def test_no_figure_of_the_report_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = written(measured(), tmp_path, monkeypatch)
    assert "{{" not in text
    assert "| `invoice.paid` | 2 | 2 | 1.5 | 1.5 | 4 | 4 | SendMessage, SendEmail |" in text
    assert "| committed | 150 ms | 199 ms |" in text
    assert "| a read | 60 ms | 109 ms |" in text
    assert "| the success page | 250 ms | 299 ms |" in text
    assert "| DynamoDB, read units | 2.00 | 0.125 | 0.25 |" in text


def test_a_group_must_be_worked_on_three_and_a_half_times_as_fast_as_by_the_tutorial() -> None:
    met = [
        next(goal.met for goal in goals(measured(rate)) if goal.figure.startswith("events a second in one group"))
        for rate in (34.9, 35.0)
    ]
    assert met == [False, True]


def test_the_bill_names_what_effects_beside_the_line_cost() -> None:
    lines = dollars.bill([OWING], 300, dict.fromkeys(("ingest", "events", "effects", "mails"), 0.001))
    assert {line.what for line in lines} >= dollars.BESIDE
