"""Writes the differences between two versions as Markdown, for a pull request or a terminal."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from cli.changes.differences import Difference

TITLES = {
    "error": "Events that can no longer be decided, or now can",
    "mail": "Mails",
    "announcement": "Announcements on the bus, access included",
    "message": "Scheduled messages, and questions to Stripe",
    "erasure": "Exports and erasures",
    "record": "Saved records",
}
"""The headings, most important first."""
EXAMPLES = 3
"""How many events each difference names."""


def markdown(base: str, stories: int, decisions: int, found: Sequence[Difference]) -> str:
    """The report. Ids are those of the samples, or of your own corpus; no value of a saved record is shown."""
    return "\n".join(_lines(base, stories, decisions, found)) + "\n"


def _lines(base: str, stories: int, decisions: int, found: Sequence[Difference]) -> Iterator[str]:
    yield f"# What this change decides differently from `{base}`"
    yield ""
    differ = len({one.where for one in found})
    yield f"Stories played through both: {stories}, with {decisions} decisions. {_sum(differ)}"
    for about, title in TITLES.items():
        of_kind = [one for one in found if one.about == about]
        if of_kind:
            yield from (
                "",
                f"## {title}",
                "",
                "| difference | event types | events | for example |",
                "| --- | --- | --: | --- |",
            )
            yield from _rows(of_kind)


def _sum(differ: int) -> str:
    match differ:
        case 0:
            return "**Every decision is the same.**"
        case 1:
            return "**One decision differs.**"
        case _:
            return f"**{differ} decisions differ.**"


def _rows(found: Iterable[Difference]) -> Iterator[str]:
    grouped: dict[str, list[Difference]] = defaultdict(list)
    for one in found:
        grouped[one.says].append(one)
    for says, group in sorted(grouped.items(), key=lambda row: -len(row[1])):
        types = _some([f"`{name}`" for name in dict.fromkeys(one.event_type for one in group)], ", ")
        yield f"| {_cell(says)} | {types} | {len(group)} | {_cell(_some([one.where for one in group], '; '))} |"


def _some(names: Sequence[str], between: str) -> str:
    """The first of the names, and the number of the others."""
    shown = between.join(names[:EXAMPLES])
    return f"{shown} and {len(names) - EXAMPLES} more" if len(names) > EXAMPLES else shown


def _cell(words: str) -> str:
    return words.replace("|", "\\|").replace("\n", " ")
