"""The outlook of an event that goes back: what the code of this checkout would make of it, without a commit."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from cli.see.inbox import Tables
from cli.see.story import Story, changes_in
from cli.see.words import owed_as
from cli.why.deployed import ReadBooks
from cli.why.explain import PERFORMED, effects_in
from functions.consumer.decide.decide import decide
from shared.failures.kinds import failure_of
from shared.inbox.lanes import Lane
from shared.inbox.outbox import in_lane, load, progress_of

NO_PAYLOAD = "no payload of it is archived"


@dataclass(frozen=True)
class Outlook:
    """What would come of one event: `why_not` says why nothing would, or why nobody can tell; empty otherwise."""

    event_id: str
    why_not: str = ""
    facts: tuple[str, ...] = ()
    effects: tuple[str, ...] = ()
    payload: Mapping[str, Any] = field(default_factory=dict)

    @property
    def mails(self) -> set[str]:
        """The mails among the effects, each by its key."""
        return {what.rpartition(" ")[2] for what in self.effects if what.startswith("mail ")}


def foreseen(tables: Tables, books: ReadBooks, event_id: str, story: Story) -> Outlook:
    """What this code would decide on an event; raises botocore's errors if DynamoDB refuses."""
    event = story.event
    if event is None:
        return Outlook(event_id, NO_PAYLOAD)
    try:
        decision = decide(event, books)
    except Exception as error:  # noqa: BLE001 - any error is the answer
        return Outlook(event_id, f"this code fails on it: {failure_of(error)}")
    facts = tuple(what for _, what in changes_in(decision.journal)) if decision.journal else ()
    effects = tuple(what for what, outcome in effects_in(tables, decision, story) if outcome == PERFORMED)
    return Outlook(event_id, "", facts, effects, json.loads(story.payload or "{}"))


def owed_by(item: Mapping[str, Any], lane: Lane) -> Outlook:
    """What a lane of an event still owes, from its inbox item."""
    outbox = load(item["outbox"])
    progress = progress_of(item, outbox)
    owed = (one for place, one in in_lane(outbox, lane) if progress[place].outcome is None)
    return Outlook(str(item["id"]), effects=tuple(map(owed_as, owed)))


def lines_of(one: Outlook) -> list[str]:
    """An outlook in lines: what would happen, in short, and then each fact and effect."""
    if one.why_not:
        return [one.why_not]
    kinds = Counter(what.partition(" ")[0] for what in one.effects)
    told = ", ".join(f"{count} {kind}" for kind, count in kinds.items()) or "no effect"
    return [told, *one.facts, *one.effects]


def mails_in(outlooks: Iterable[Outlook]) -> str:
    """How many mails would go at most, by name: `3 mails at most: 2 payment_failed, 1 receipt`.

    Two events that tell of one change have one mail between them.
    """
    names = Counter(key.partition(":")[0] for key in set[str]().union(*(one.mails for one in outlooks)))
    total = names.total()
    listed = ", ".join(f"{count} {name}" for name, count in names.most_common())
    return f"{total or 'no'} mail{'' if total == 1 else 's'}" + (f" at most: {listed}" if total else "")
