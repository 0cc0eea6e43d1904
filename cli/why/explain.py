"""`billhook explain`: what today's code would decide on an archived event, against today's books, without a commit."""

import time
from collections.abc import Iterator, Mapping
from typing import Any

from cli.errors import RefusedError
from cli.see.inbox import Tables, tables_of
from cli.see.screen import Screen
from cli.see.story import Story, changes_in, effects_of, story_of
from cli.where import HERE, Where
from cli.why.deployed import ReadBooks, books_of, settings_of
from functions.consumer.decide.decide import decide
from shared.decisions.decision import Decision
from shared.effects.email import Email
from shared.failures.kinds import failure_of
from shared.records.stored_record import Record
from shared.runtime.version import VERSION
from shared.values import keys

PERFORMED = "would be performed"
"""The answer for an effect that nothing holds back."""


def explain(event_id: str, /, *, of: str | None = None, json: bool = False, where: Where = HERE) -> int:
    """Say what today's code would decide on an event.

    The code of this checkout decides on the archived event against today's books, with the policy that is deployed.
    Nothing is committed, sent or changed. The exit code is 1 if the code fails on the event. The decision on an event
    that still owes effects stands: then the answer is what the outbox owes, which a redrive performs.

    Args:
        event_id: evt_…, an event whose payload is archived.
        of: the object in whose partition the payload lies, if the inbox does not say it: pi_…, or acct_…#pi_….
        json: print the answer as JSON.
        where: the stack.
    """
    tables = tables_of(where)
    story = story_of(tables, event_id, of)
    if story.item.get("state") in {"committed", "failed"} and "outbox" in story.item:
        _print_owed(Screen(), event_id, story, json=json)
        return 0
    event = story.event
    if event is None:
        raise RefusedError(
            f"no payload of {event_id} is archived{_hint(story)}. Stripe keeps events for 30 days: "
            f"stripe events retrieve {event_id}"
        )
    books, missing = books_of(where, settings_of(where))
    screen = Screen()
    try:
        decision = decide(event, books)
    except Exception as error:  # noqa: BLE001 - any error is the answer
        failed = str(failure_of(error))
        if json:
            screen.json({"event": event_id, "fails": failed})
        else:
            screen.say(event_id, "  ", ("today's code fails: ", "red"), failed)
        return 1
    answers = list(effects_in(tables, decision, story))
    saved = [one for record in decision.save for one in _saved(books, record)]
    facts = [what for _, what in changes_in(decision.journal)] if decision.journal else []
    if json:
        told: dict[str, Any] = {"event": event_id, "saves": saved, "changes": facts}
        screen.json(told | {"effects": [{"effect": what, "outcome": outcome} for what, outcome in answers]})
        return 0
    _print(screen, story, facts, saved, answers)
    if missing:
        screen.say((missing, "yellow"))
    return 0


def _print_owed(screen: Screen, event_id: str, story: Story, *, json: bool) -> None:
    """Print what an event owes whose decision is committed."""
    effects = effects_of(story.item, int(time.time()), owed_only=True)
    if json:
        owes = [{"effect": what, "outcome": outcome} for what, outcome in effects]
        screen.json({"event": event_id, "stands": True, "owes": owes, "saves": [], "changes": [], "effects": []})
        return
    screen.say(f"{story.item['type']}: {story.item['state']}")
    screen.say("  The decision is committed and stands, so no fact and no record changes.")
    screen.title("Owed, which a redrive or a hand-over performs")
    for what, outcome in effects:
        screen.say(f"  {what}")
        screen.say((f"    {outcome}", "dim"))


def _hint(story: Story) -> str:
    if not story.item or {"customer", "subject"} & story.item.keys():
        return ""
    return " where the inbox says; name the object that it is about, with --of pi_…"


def _print(screen: Screen, story: Story, facts: list[str], saved: list[str], answers: list[tuple[str, str]]) -> None:
    state = story.item.get("state", "unknown to the inbox")
    screen.say(
        str(story.item.get("type") or story.parts[0]["type"]), f": {state}; the code of this checkout is {VERSION}"
    )
    if state in {"done", "ignored"}:
        screen.say(("  An event that is finished is never handled again, so nothing of this happens.", "dim"))
    screen.title("Facts that would change")
    new = any(what.endswith(": new") for what in saved)
    none = "none, beside the new records below" if new else "none: the books already say what the event says"
    for what in facts or [none]:
        screen.say(f"  {what}")
    screen.title("Records that would be saved")
    for what in saved or ["none"]:
        screen.say(f"  {what}")
    screen.title("Effects")
    for what, outcome in answers or [("none", "")]:
        screen.say(f"  {what}")
        if outcome:
            screen.say((f"    {outcome}", "dim"))


def _saved(books: ReadBooks, record: Record) -> Iterator[str]:
    """A record that would be saved, and the fields of it that would change."""
    before = books.read_records.get(record.key)
    name = f"{record.partition}/{record.sort_key}"
    if before is None or before.version == 0:
        yield f"{name}: new" if not record.is_empty else f"{name}: checked to be absent"
        return
    was, now = before.model_dump(exclude={"version"}), record.model_dump(exclude={"version"})
    changed = [field for field in now if now[field] != was.get(field)]
    yield f"{name}: {', '.join(changed) or 'its content stays'} (version {before.overall_version + 1})"


def effects_in(tables: Tables, decision: Decision, story: Story) -> Iterator[tuple[str, str]]:
    """Each effect of a decision, and whether it would be performed or is left out, and why.

    An effect that the first decision had, and today's has not, comes last.
    """
    decided = story.journal.effects if story.journal else ()
    names = decision.journal.effects if decision.journal else tuple(map(str, decision.then))
    outcomes = dict(effects_of(story.item, int(time.time()))) if story.item else {}
    for effect, name in zip(decision.then, names, strict=True):
        claim = tables.record((effect.partition, keys.mail(effect.key))) if isinstance(effect, Email) else {}
        if claim:
            yield name, f"left out: {claim['event']} has claimed this mail{_outcome(name, outcomes)}"
        elif name in decided:
            yield name, f"left out: this event's own decision had it{_outcome(name, outcomes)}"
        else:
            yield name, PERFORMED
    for name in decided:
        if name not in names:
            then = f"decided then{_outcome(name, outcomes)}"
            yield name, f"{then}; today's decision lacks it: the books or the code have changed"


def _outcome(name: str, outcomes: Mapping[str, str]) -> str:
    """The outcome of an effect by its name in the journal, in brackets; empty if the inbox does not tell it."""
    kind, _, rest = name.partition(" ")
    first, _, last = rest.partition(" ")
    wanted = {
        "mail": f"mail {last}",
        "schedule": f"schedule {first} ",
        "announce": "announce ",
        "observe": f"ask Stripe for {rest}",
    }.get(kind, name)
    told = [outcome for what, outcome in outcomes.items() if f"{what} ".startswith(wanted)]
    return f" ({told[0]})" if told else ""
