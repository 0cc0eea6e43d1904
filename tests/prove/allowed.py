"""What a disturbed telling may differ in from the undisturbed one, and why; anything else is a divergence.

- The books end the same: every record, every archived payload; only how many commits it took may differ, and so what
  the journal of a decision says it has changed.
- Every event ends done, however often it died; nothing stays owed.
- A mail is sent once or not at all. Not at all, if what it tells was overtaken before it could be told, by events that
  were committed by then (`contradicted` says by which), or if more than 72 hours have passed since its event.
- A mail is never sent that the events committed by then contradict. It may be sent late: nobody knew better yet.
- A mail that a story sends in any order (`Story.must`) is sent, unless it is given up for one of these two reasons.
- A farewell's file is there or not, as the farewell came before or after what silences it.
- Reminders may be set or not, as their event came before or after what silences it: all of them fire here, and what
  they then say is held to the same rules.
- An erasure may come whole weeks later: it waits while money is open, and the news that it was paid may be late.
- An announcement may be made again, under its one id and in the same words.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from functions.consumer.handlers.erasure_due import WEEK
from shared.compression.packing import unpack
from shared.effects.email import Email
from shared.values import keys
from tests.prove.compare import MAY_DIFFER
from tests.prove.contradicted import about, contradicted
from tests.prove.moto_cloud import Items
from tests.prove.run import Outcome, Told
from tests.support.story import Story

REMINDED = {"payment_still_due", "trial_ending", "farewell", "invoice_overdue", "erasure_postponed", "dispute_due"}
"""What our own messages say, if nothing contradicts it when they come due."""


def divergences(story: Story, undisturbed: Outcome, disturbed: Outcome) -> list[str]:
    """In words, what came of the disturbances that is not allowed."""
    return [
        *(f"not done: {disturbed.scene.inbox[event_id,]}" for event_id in disturbed.unfinished),
        *_books(_known(undisturbed.scene.books), _known(disturbed.scene.books)),
        *_mails(story, disturbed.mails),
        *_announcements(disturbed),
        *(["SES has taken other mails than were noted"] if _miscounted(disturbed) else []),
    ]


def _books(expected: Mapping[tuple[str, ...], Any], found: Mapping[tuple[str, ...], Any]) -> Iterator[str]:
    for place in sorted({*expected, *found}):
        if expected.get(place) != found.get(place):
            yield f"books {place}: {expected.get(place, 'absent')} became {found.get(place, 'absent')}"


def _known(books: Items) -> dict[tuple[str, ...], Any]:
    """What the books know; mails, and what our own messages left, are looked at apart."""
    leave_out = {*MAY_DIFFER, "version", "journal"}
    return {
        place: {name: _plain(name, value) for name, value in item.items() if name not in leave_out}
        for place, item in books.items()
        if not place[1].startswith("mail#") and "#due_" not in place[1] and place[1] != keys.EXPORT
    }


def _plain(name: str, value: Any) -> object:  # noqa: ANN401 - an attribute of an item
    match name:
        case "record":
            return json.loads(unpack(value))
        case "as_of":
            return value % WEEK
    return value


def _mails(story: Story, told: tuple[Told, ...]) -> Iterator[str]:
    sent = [one.mail for one in told if one.outcome == "sent"]
    for change, times in Counter((mail.partition, mail.template, _change(mail)) for mail in sent).items():
        if times > 1:
            yield f"{times} times: {change}"
    for template in sorted({mail.template for mail in sent} - story.must - story.may - REMINDED):
        yield f"not of this story: {template}"
    for template in sorted(story.must - {one.mail.template for one in told}):
        yield f"never told: {template}"
    for one in told:
        by = contradicted(one.mail, one.known)
        if one.outcome == "sent" and by:
            yield f"{one.mail.key} was sent after {by.type} {by.id}"
        if one.outcome == "overtaken" and not by:
            yield f"{one.mail.key} was given up for nothing, knowing {[event.type for event in one.known]}"
        if one.outcome not in {"sent", "overtaken", "too late"}:
            yield f"{one.mail.key}: {one.outcome}"


def _announcements(outcome: Outcome) -> Iterator[str]:
    words: dict[str, set[str]] = {}
    for announcement in map(json.loads, outcome.scene.announcements):
        words.setdefault(json.loads(announcement["Detail"])["id"], set()).add(json.dumps(announcement))
    yield from (f"one announcement in several words: {said}" for said in words.values() if len(said) > 1)


def _miscounted(outcome: Outcome) -> bool:
    return outcome.scene.mails.total() != sum(one.outcome == "sent" for one in outcome.mails)


def _change(mail: Email) -> str:
    """What a mail must not be sent twice about: an invoice's attempt, else the thing itself in these stories."""
    return mail.key if mail.template.startswith("payment_") else about(mail)
