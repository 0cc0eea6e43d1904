"""summary.due: the hour is over, and the operator hears how many more mails of one kind it asked for."""

from shared.decisions.decision import NOTHING, Decision
from shared.mails.mail import At
from shared.mails.to_operator import SUMMARY
from shared.mails.write import tell_operator
from shared.records.books import Books
from shared.records.summary import Summary
from shared.stripe_objects.event import Event
from shared.stripe_objects.objects import Reminder, read


def handle(event: Event, books: Books) -> Decision:
    """The mail that says how many and names the first ten; nothing if that part of the summary was told before."""
    template, hour, part = read(Reminder, event.object).id.split(":")
    summary = books.read(Summary, event.account, template, hour)
    if summary.untold == 0 or summary.parts != int(part):
        return NOTHING
    mail = tell_operator(
        summary.partition,
        SUMMARY,
        At(f"{template}:{hour}", summary.parts),
        event,
        what=template,
        number=summary.untold,
        hour=summary.hour,
        subjects=", ".join(summary.names),
        unnamed=summary.untold - len(summary.names),
    )
    return Decision(save=(summary.as_told(),), then=(mail,))
