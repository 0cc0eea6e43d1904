"""The story of one event: its inbox item, the archived payload with the journal, and the lines of its timeline."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cli.see.inbox import Tables
from cli.see.words import change, how_far, owed_as
from shared.compression.packing import unpack
from shared.decisions.journal import Journal, read_journal
from shared.inbox.outbox import load, progress_of
from shared.stripe_objects.event import Event, read_event
from shared.values.keys import split

ACCOUNTS_OWN = ("payout.", "capability.", "account.")
"""Events about the account itself, whose payloads lie in its own partition."""


@dataclass(frozen=True)
class Story:
    """One event: `item` is empty if the inbox does not know it, `parts` if the books hold no payload of it."""

    item: Mapping[str, Any]
    parts: list[dict[str, Any]]

    @property
    def payload(self) -> str | None:
        """The archived payload, as JSON; None if there is none."""
        return unpack(b"".join(part["payload"] for part in self.parts)) if self.parts else None

    @property
    def event(self) -> Event | None:
        """The archived event."""
        return read_event(self.payload) if self.payload else None

    @property
    def journal(self) -> Journal | None:
        """The journal of the decision; None if the event is not decided, or an older version decided it."""
        return read_journal(self.parts[0]) if self.parts else None


def story_of(tables: Tables, event_id: str, about: str | None = None) -> Story:
    """The story of an event.

    Args:
        tables: the tables.
        event_id: its id.
        about: the customer, payment or object in whose partition its payload lies, if the inbox does not say it.
    """
    item = tables.item(event_id)
    account, subject = item.get("account", "platform"), about or _subject(item)
    if about and "#" in about:
        account, subject = split(about)
    return Story(item, tables.archived(account, subject, event_id) if subject else [])


def _subject(item: Mapping[str, Any]) -> str | None:
    if "subject" in item:
        return str(item["subject"])
    if str(item.get("type", "")).startswith(ACCOUNTS_OWN):
        return str(item["account"])
    customer: str | None = item.get("customer")
    return customer


def effects_of(item: Mapping[str, Any], now: int, *, owed_only: bool = False) -> Iterator[tuple[str, str]]:
    """Each effect of an event, or each that it still owes, and what became of it."""
    outbox = load(item.get("outbox", "[]"))
    progress = progress_of(item, outbox)
    for place, owed in enumerate(outbox):
        if not (owed_only and progress[place].outcome):
            yield owed_as(owed), how_far(progress[place], now)


def changes_in(journal: Journal) -> Iterator[tuple[str, str]]:
    """Each derived fact that a decision changed, in words, with the record that holds it."""
    for place, changed in journal.changed.items():
        for name, before_after in changed.items():
            yield place, change(name, before_after)
