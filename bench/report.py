"""Write the report in Markdown: goals, calls and units by event type, the bill, and the method."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from statistics import mean, quantiles

from bench import dollars, reads
from bench.chart import Bar, svg
from bench.counting import Handled
from bench.dollars import SENT, Line
from bench.figures import Goal, Measured
from bench.markdown import table

HERE = Path(__file__).parent
REPORT, CHART = HERE / "REPORT.md", HERE / "chart.svg"
TEXT = HERE / "report.in.md"
"""The fixed text; a run replaces each `{{name}}` with its results."""


def write(found: Measured, goals: Sequence[Goal], lines: Sequence[Line], seconds: float) -> None:
    """Write the report and its chart."""
    CHART.write_text(_chart(found))
    text = TEXT.read_text()
    parts = {
        "minutes": f"{seconds / 60:.0f}",
        "goals": _goals(goals),
        "missed": _missed(goals),
        "moved": str(found.moved.ratio("billhook", "tutorial")),
        "whole": str(found.event.ratio("billhook", "tutorial")),
        "cpu": _cpu(found),
        "rates": _rates(found.rates),
        "local": _rates(found.local.rates),
        "lanes": _lanes(found.story),
        "beside": f"${sum(line.dollars for line in lines if line.what in dollars.BESIDE):.2f}",
        "waits": _waits("from the POST until", found.local.waits),
        "asks": _waits("an app's question", {"a read": found.local.reads, "the success page": found.local.pages}),
        "reads": reads.shown(found.reads.median("one more")),
        "cold_reads": f"{found.reads.median('cold start') * 1000:.0f}",
        "warm_reads": f"{found.reads.median('one more') * 1000:.1f}",
        "types": _types(found),
        "where": _where(found.story),
        "bill": _bill(lines, dollars.mails(found.story)),
        "rivals": _rivals(sum(line.dollars for line in lines)),
        "growth": _growth(found),
        "wall": found.wall,
        "packages": _packages(found),
        "init": f"{found.cold.median('billhook') * 1000:.0f}",
    }
    for name, part in parts.items():
        text = text.replace("{{" + name + "}}", part)
    REPORT.write_text(text)


def _goals(goals: Sequence[Goal]) -> str:
    rows = ((goal.figure, goal.goal, goal.measured, "yes" if goal.met else "**no**") for goal in goals)
    return table(("figure", "goal", "measured", "met"), rows)


def _missed(goals: Sequence[Goal]) -> str:
    missed = [f"**{goal.figure}**" for goal in goals if not goal.met]
    if not missed:
        return "All are met."
    return f"Missed: {', '.join(missed)}. Why is said below, where it is measured."


def _chart(found: Measured) -> str:
    bars = [
        Bar(
            "Ingest, cold start",
            found.cold.ratio("billhook", "tutorial").median,
            found.cold.ratio("bare", "tutorial").median,
            "botocore, two calls and nothing else",
        ),
        Bar(
            "Check a signature, read the event",
            found.small.ratio("billhook", "tutorial").median,
            found.small.ratio("floor", "tutorial").median,
            "one HMAC and one json.loads",
        ),
        Bar(
            "Ingest, one more request",
            found.request.ratio("billhook", "tutorial").median,
            found.request.ratio("one SendMessage", "tutorial").median,
            "one SendMessage",
        ),
        Bar("In the line, an event with three effects", found.event.ratio("consumer", "tutorial").median),
        Bar("In the line and beside it, likewise", found.event.ratio("billhook", "tutorial").median),
        Bar("Package of ingest, zipped", found.zipped["ingest"] / found.zipped["tutorial"]),
    ]
    return svg("What Billhook takes of what the tutorial takes", "Processor time, and bytes; shorter is better", bars)


def _cpu(found: Measured) -> str:
    def rows() -> Iterator[tuple[str, str, str]]:
        for what, timings, unit in (
            ("ingest, cold start", found.cold, 1e3),
            ("on a queue, cold start", found.cold_consumers, 1e3),
            ("check and read 5.9 KB", found.small, 1e6),
            ("check and read 51 KB", found.large, 1e6),
            ("ingest, a request", found.request, 1e3),
            ("an event", found.event, 1e3),
            ("an event that X-Ray traces", found.traced, 1e3),
            ("an event, on all processors", found.moved, 1e3),
        ):
            mark = "ms" if unit == 1e3 else "µs"  # noqa: PLR2004 - milli
            for subject in timings.rounds:
                yield what, subject, f"{timings.median(subject) * unit:.1f} {mark}"
                what = ""  # noqa: PLW2901 - in the first row only

    return table(("CPU of", "whose", "median"), rows(), "llr")


def _rates(rates: Mapping[tuple[str, int], float]) -> str:
    rows = (
        (name, f"{rates[name, 1]:.1f}", f"{rates[name, 5]:.1f}") for name in dict.fromkeys(name for name, _ in rates)
    )
    return table(("events a second", "one group", "five groups"), rows, "lrr")


def _lanes(story: Sequence[Handled]) -> str:
    """How often the line waits for AWS per Stripe event, and how many events owe in no, one or both lanes."""
    counts = [len(told.worker) for told in story if told.type in SENT]
    none, one, both = (counts.count(lanes) for lanes in range(3))
    waits = 2 + mean(map(bool, counts))
    return f"{waits:.1f} times for an event: {none} of them owe nothing, {one} in one lane, {both} in both"


def _waits(head: str, waits: Mapping[str, Sequence[float]]) -> str:
    def row(what: str, ms: Sequence[float]) -> tuple[str, str, str]:
        cuts = quantiles(ms, n=100)
        return what, f"{cuts[49]:.0f} ms", f"{cuts[98]:.0f} ms"

    return table((head, "p50", "p99"), (row(*one) for one in waits.items()), "lrr")


def _types(found: Measured) -> str:
    rows = [_type(one, f"`{one.type}`") for one in found.story]
    rows += [_type(found.duplicate, "one that was done before"), _type(found.ignored, "one that nobody handles")]
    head = ("event", "DynamoDB calls", "beside", "read units", "beside", "write units", "beside", "other calls")
    return table(head, rows, "lrrrrrrl")


def _type(one: Handled, name: str) -> tuple[str, ...]:
    line, beside = one.consumer, one.worker
    calls = sum((cost.calls for cost in one.costs), Counter[str]())
    others = {call.partition(".")[2]: times for call, times in calls.items() if not call.startswith("dynamodb.")}
    return (
        name,
        str(line.dynamodb),
        str(sum(cost.dynamodb for cost in beside)),
        str(line.reads),
        str(sum(cost.reads for cost in beside)),
        str(line.writes),
        str(sum(cost.writes for cost in beside)),
        ", ".join(call + (f" ({times})" if times > 1 else "") for call, times in others.items()),
    )


def _where(story: Sequence[Handled]) -> str:
    written = sum((cost.written for one in story for cost in one.costs), Counter[str]())
    total = sum(written.values())
    rows = ((kind, f"{units / len(story):.1f}", f"{units / total:.0%}") for kind, units in written.most_common())
    return table(("what is written", "units an event", "share"), rows, "lrr")


def _bill(lines: Sequence[Line], mails: Line) -> str:
    least = {line.what: line.dollars for line in dollars.floor()}
    rows = [
        (line.what, f"{line.each:,.2f}", f"{line.price:,.3f}", f"{line.dollars:.2f}", f"{least.get(line.what, 0):.2f}")
        for line in lines
    ]
    total = sum(line.dollars for line in lines)
    rows.append(("**together**", "", "", f"**{total:.2f}**", f"**{sum(least.values()):.2f}**"))
    rows.append((mails.what, f"{mails.each:,.2f}", f"{mails.price:,.3f}", f"{mails.dollars:.2f}", ""))
    head = ("line", "an event of Stripe's", "$ a million", "$ a million events", "the floor")
    return table(head, rows, "lrrrr")


def _rivals(ours: float) -> str:
    rows = [("Billhook, on your own account", f"{ours:,.0f}", "the sum above", "counted here")]
    rows += [(rival.name, f"{rival.dollars:,.0f}", rival.sum, rival.source) for rival in dollars.RIVALS]
    return table(("service", "$ a million events in a month", "how", "source"), rows, "lrll")


def _growth(found: Measured) -> str:
    rows = ((f"{one.inbox:,}", str(one.accounts), f"{one.cpu:.1f} ms", f"{one.wall:.1f} ms") for one in found.growth)
    return table(("events in the inbox", "accounts", "CPU an event", "time an event"), rows, "rrrr")


def _packages(found: Measured) -> str:
    rows = (
        (name, f"{size / 2**20:.1f} MiB", f"{found.resident[name] / 2**20:.0f} MiB" if name in found.resident else "")
        for name, size in found.zipped.items()
    )
    return table(("package", "zipped", "resident after 100 requests, or messages"), rows, "lrr")
