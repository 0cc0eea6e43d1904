"""Collect mails: of the mails to the operator of one kind, account and hour, one goes at once and a summary follows.

The hour is the event's own, so that a repetition and a crash come to the same hour. A mail of a collected kind carries
what its summary names it by (`counted_as`). A mail that is only counted keeps its claim, so it is counted once.
"""

from typing import TYPE_CHECKING

from shared.decisions.decision import Decision
from shared.effects.email import Email
from shared.effects.remind import Remind
from shared.records.books import Books
from shared.records.summary import Summary
from shared.stripe_objects.event import Event
from shared.values import keys
from shared.values.times import HOUR

if TYPE_CHECKING:
    from shared.effects.effect import Effect

AFTER = 300
"""Seconds after its hour at which a summary is due, so that the consumer has handled the events of that hour."""


def with_counted_mails(decision: Decision, event: Event, books: Books) -> Decision:
    """`decision` with the first mail of its kind, account and hour; the others are counted for the summary."""
    summaries: dict[str, Summary] = {}
    then: list[Effect] = []
    for effect in decision.then:
        if not isinstance(effect, Email) or effect.counted_as is None:
            then.append(effect)
            continue
        account, _ = keys.split(effect.partition)
        hour = event.created - event.created % HOUR
        place = effect.template
        before = summaries.get(place) or books.read(Summary, account, place, str(hour))
        summaries[place] = after = before.with_mail(effect.counted_as)
        then.append(effect.model_copy(update={"counted_as": None}) if before.is_empty else effect)
        if before.count and not before.untold:
            then.append(_due(after))
    return decision.model_copy(update={"save": (*decision.save, *summaries.values()), "then": tuple(then)})


def _due(summary: Summary) -> Remind:
    """The message that has the summary told; after the hour's first summary there is one an hour at most."""
    return Remind(
        type="summary.due",
        at=summary.hour + HOUR + AFTER + summary.parts * HOUR,
        about=f"{summary.template}:{summary.hour}:{summary.parts}",
        account=summary.account,
        customer=summary.account,
    )
