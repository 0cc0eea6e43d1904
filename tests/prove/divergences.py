"""How a disturbed run may differ from the undisturbed one, and why. Any other difference is a divergence.

- Every record and every archived payload ends the same. The number of commits may differ, and with it the journal.
- Every event ends done, however often it died, and owes nothing.
- A mail is sent at most once. It is given up if an event that was committed by then overtakes it
  (`contradicting_event` finds that event), or if its own event is more than 72 hours old.
- A mail is never sent if an event that was committed by then contradicts it.
- A mail that a story sends in any order (`Story.must`) is sent, unless it is given up for one of these two reasons.
- The file of a farewell exists if the farewell came before the event that silences it.
- Reminders may be set or not, for the same reason. All of them fire here, and their mails obey the same rules.
- An erasure may come later: it waits by the week while money is open, and until the worker has asked Stripe. So the
  operator may hear of it in the summary of another hour.
- An address may count as new from another second: an event tells it from three days before it arrives at the earliest.
- An announcement may be repeated, with the same id and in the same words.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from shared.compression.packing import unpack
from shared.effects.email import Email
from shared.values import keys
from tests.prove.compare import MAY_DIFFER
from tests.prove.contradicting_events import about, contradicting_event
from tests.prove.moto_cloud import Snapshot
from tests.prove.story_runner import MailOutcome, Outcome
from tests.support.story import Story

REMINDED = {
    "access_ended",
    "dispute_due",
    "erasure_postponed",
    "erasure_unconfirmed",
    "export_withheld",
    "farewell",
    "invoice_overdue",
    "payment_still_due",
    "trial_ending",
}
"""The mails of Billhook's own messages, if nothing contradicts them when they come due."""


def divergences(story: Story, undisturbed: Outcome, disturbed: Outcome) -> list[str]:
    """Each difference that the rules above do not allow, in words."""
    return [
        *(f"not done: {disturbed.snapshot.inbox[event_id,]}" for event_id in disturbed.unfinished),
        *_books(_known(undisturbed.snapshot), _known(disturbed.snapshot)),
        *_mails(story, disturbed.mails),
        *_announcements(disturbed),
        *(["SES has taken other mails than were noted"] if _miscounted(disturbed) else []),
    ]


def _books(expected: Mapping[tuple[str, ...], Any], found: Mapping[tuple[str, ...], Any]) -> Iterator[str]:
    for place in sorted({*expected, *found}):
        if expected.get(place) != found.get(place):
            yield f"books {place}: {expected.get(place, 'absent')} became {found.get(place, 'absent')}"


def _known(snapshot: Snapshot) -> dict[tuple[str, ...], Any]:
    """The contents of the books and all tombstones, without mails and without the traces of Billhook's own messages."""
    leave_out = {*MAY_DIFFER, "version", "journal"}
    found: dict[tuple[str, ...], Any] = {
        place: {name: _plain(name, value) for name, value in item.items() if name not in leave_out}
        for place, item in {**snapshot.books, **snapshot.tombstones}.items()
        if not place[1].startswith("mail#") and "#due_" not in place[1] and not keys.is_export(place[1])
    }
    counts: Counter[tuple[str, ...]] = Counter()
    for place in [place for place in found if place[1].startswith("summary#erasure_")]:
        counts[place[0], place[1].rpartition("#")[0]] += found.pop(place)["record"]["count"]
    return {**found, **counts}


def _plain(name: str, value: Any) -> object:  # noqa: ANN401 - an attribute of an item
    match name:
        case "record":
            record = json.loads(unpack(value))
            if "addresses" in record:  # the first telling counts from three days before it arrived, however old it is
                record["addresses"]["first"] = sorted(record["addresses"]["first"])
            return record
        case "as_of":  # the worker asks Stripe when its message comes, and the erasure counts from the answer
            return value > 0
    return value


def _mails(story: Story, told: tuple[MailOutcome, ...]) -> Iterator[str]:
    sent = [one.mail for one in told if one.outcome == "sent"]
    for change, times in Counter((mail.partition, mail.template, _change(mail)) for mail in sent).items():
        if times > 1:
            yield f"{times} times: {change}"
    for template in sorted({mail.template for mail in sent} - story.must - story.may - REMINDED):
        yield f"not of this story: {template}"
    for template in sorted(story.must - {one.mail.template for one in told}):
        yield f"never told: {template}"
    for one in told:
        by = contradicting_event(one.mail, one.known)
        if one.outcome == "sent" and by:
            yield f"{one.mail.key} was sent after {by.type} {by.id}"
        if one.outcome == "overtaken" and not by:
            yield f"{one.mail.key} was given up for nothing, knowing {[event.type for event in one.known]}"
        if one.outcome not in {"sent", "overtaken", "too late"}:
            yield f"{one.mail.key}: {one.outcome}"


def _announcements(outcome: Outcome) -> Iterator[str]:
    words: dict[str, set[str]] = {}
    for announcement in map(json.loads, outcome.snapshot.announcements):
        words.setdefault(json.loads(announcement["Detail"])["id"], set()).add(json.dumps(announcement))
    yield from (f"one announcement in several words: {said}" for said in words.values() if len(said) > 1)


def _miscounted(outcome: Outcome) -> bool:
    return outcome.snapshot.mails.total() != sum(one.outcome == "sent" for one in outcome.mails)


def _change(mail: Email) -> str:
    """The subject that two mails must not share: an attempt at an invoice, otherwise the object itself."""
    return mail.key if mail.template.startswith("payment_") else about(mail)
