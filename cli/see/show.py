"""`billhook show`: one event from Stripe to its last effect, as a timeline."""

import json as json_
import time
from collections.abc import Iterator, Mapping
from typing import Any

from cli.errors import RefusedError
from cli.see.events import reasons
from cli.see.inbox import tables_of
from cli.see.screen import Screen, counted, lasting, moment, state
from cli.see.story import Story, changes_in, effects_of, story_of
from cli.where import HERE, Where


def show(
    event_id: str, /, *, of: str | None = None, payload: bool = False, json: bool = False, where: Where = HERE
) -> None:
    """Show one event as a timeline.

    Created at Stripe, received, waited, each failed attempt, decided and why, and what became of each effect. The inbox
    keeps the last five errors of an event, and the last error of each effect; the logs have all. A redrive counts
    attempts from 1 again. The inbox keeps the first and the last time at which an event was given up.

    Args:
        event_id: evt_…, or the id of a message of Billhook's own: due_…, seen_….
        of: the object in whose partition the payload lies, if the inbox does not say it: pi_…, or acct_…#pi_….
        payload: also print the archived payload; it is personal data.
        json: print the inbox item, the journal and, with --payload, the payload as JSON.
        where: the stack.
    """
    story = story_of(tables_of(where), event_id, of)
    if not story.item and not story.parts:
        raise RefusedError(
            f"{event_id} is not in the inbox of {where.name}: it is still in the queue, or never came. "
            "Stripe's dashboard (Developers, Events) shows whether and where it was sent"
        )
    screen, now = Screen(), int(time.time())
    if json:
        found = {"inbox": story.item, "journal": story.journal.model_dump() if story.journal else None}
        screen.json(found | ({"payload": json_.loads(story.payload)} if payload and story.payload else {}))
        return
    item = story.item
    screen.say(event_id, "  ", state(item.get("state", "unknown")), f" {item.get('type', '')}")
    screen.say(("  " + ", ".join(_whose(item)), "dim"))
    screen.title("Timeline (UTC)")
    for at, what in sorted(timeline(story), key=lambda line: line[0]):
        screen.say(f"  {moment(at)}  {what}")
    for line in reasons(item, now) if item else ():
        screen.say(("  " + line, "yellow"))
    _decided(screen, story)
    effects = list(effects_of(item, now))
    if effects:
        screen.title("Effects")
        for what, outcome in effects:
            screen.say(f"  {what}")
            screen.say((f"    {outcome}", "dim"))
    if payload and story.payload:
        screen.title("Payload")
        screen.json(json_.loads(story.payload))


def _whose(item: Mapping[str, Any]) -> Iterator[str]:
    yield f"account {item.get('account', 'unknown')}"
    if item.get("customer"):
        yield f"customer {item['customer']}"
    if "livemode" in item:
        yield "live mode" if item["livemode"] else "test mode"
    yield f"API {item.get('api_version', 'version unknown')}"


def timeline(story: Story) -> Iterator[tuple[float, str]]:
    """The times of an event in epoch seconds, each with what happened, in no order."""
    item, event = story.item, story.event
    if event:
        yield event.created, "created at Stripe" if event.id.startswith("evt_") else "due"
    if not item:
        return
    received, started = item["received_ms"] / 1000, item["started_ms"] / 1000
    late = f", {lasting(received - event.created)} later" if event and received > event.created else ""
    yield received, f"received{late}"
    entered = item.get("entered_ms", item["started_ms"]) / 1000
    waited = f"after {lasting(max(0, entered - received))} in the queue"
    if entered < started:
        yield entered, f"entered the inbox, {waited}"
    again = ", after a redrive or a replay" if item.get("failed_ms", item["started_ms"]) < item["started_ms"] else ""
    yield started, f"attempt {item['attempts']} began" + (again if entered < started else f", {waited}")
    yield from _failures(item)
    decided = "outbox" in item
    for name, what in (
        ("committed_ms", "decided and committed" if decided else "the first failure"),
        ("effects_ms", "effects: the worker's last step"),
        ("mails_ms", "mails: the worker's last step"),
        ("failed_ms", "given up, and handled again later" if again else _given_up(item)),
        ("done_ms", "done"),
    ):
        if name in item and (decided or name != "committed_ms" or "errors" not in item):
            yield item[name] / 1000, what


def _given_up(item: Mapping[str, Any]) -> str:
    """The last time at which an event was given up.

    An item of an older version has no earlier time. Its errors may still show that the event was given up before, or
    that an attempt of the same number failed before it began.
    """
    times = [one["given_up_ms"] for one in item.get("errors", ()) if "given_up_ms" in one]
    if times:
        return "given up again" if min(times) < item["failed_ms"] else "given up"
    tries = (one for one in item.get("errors", ()) if one["at_ms"] < item["started_ms"])
    before = any(one["attempt"] >= item["attempts"] for one in tries)
    return "given up, the last time; the inbox keeps no earlier one" if before else "given up"


def _failures(item: Mapping[str, Any]) -> Iterator[tuple[float, str]]:
    """The failed attempts that the inbox item tells of; items of older versions tell of none."""
    for one in item.get("errors", ()):
        again = f", and {counted(one['times'] - 1, 'time')} more, again as attempt {one['attempt']}"
        again = again if one["times"] > 1 else ""
        yield one["at_ms"] / 1000, f"attempt {one['attempt']} failed: {one['error']}{again}"
        if one.get("given_up_ms", item.get("failed_ms")) != item.get("failed_ms"):
            yield one["given_up_ms"] / 1000, "given up, and handled again later"


def _decided(screen: Screen, story: Story) -> None:
    """Print what the decision changed, from its journal."""
    journal = story.journal
    if journal is None:
        if story.item.get("state") in {"committed", "done"}:
            screen.title("Decision")
            screen.say("  " + _no_journal(story))
        return
    screen.title(f"Decision (code {journal.code}, policy {journal.policy or 'unknown'})")
    changes = list(changes_in(journal))
    for place, what in changes:
        screen.say(f"  {what}", (f"   {place}", "dim"))
    if not changes:
        saved = ", ".join(journal.records) or "no record"
        screen.say(f"  no derived fact changed; saved: {saved}")


def _no_journal(story: Story) -> str:
    """Why there is no journal to read."""
    if story.parts:
        return "an older version decided it and kept no journal"
    if not {"customer", "subject"} & story.item.keys():
        return "its payload and journal lie elsewhere: name the object that it is about, with --of pi_…"
    return "the books hold no payload of it: it was erased, has expired, or holds ids only"
