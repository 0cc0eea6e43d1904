"""Runs stories: decides on events one after the other, and on the reminders that come due after them."""

from functions.consumer.decide.decide import decide
from functions.consumer.routes import ROUTES
from functions.effects.perform.observer import observation_message
from shared.effects.email import Email
from shared.effects.observe import ErasureCheck, Observe
from shared.policy.policy import Policy
from shared.stripe_objects.event import Event, read_event
from tests.support.books import BooksOf
from tests.support.samples import NAMES, fired, sample

CUSTOMER = "cus_s4E7P0vk4zyEAh"
SUBSCRIPTION = "sub_1USCcRHv8KpR2wXnxQPUiPdq"
RENEWAL = "in_1UdRORHv8KpR2wXnlf7IV6ts"
CONNECTED = "acct_1T8bWcLs5NqE9zGd"
ROUTED = [event for event in map(sample, NAMES) if event.type in ROUTES]
"""Every sample event with a handler."""


def told(*events: Event, policy: Policy | None = None) -> BooksOf:
    """The books after these events, each decided on and committed in turn."""
    books = BooksOf(policy=policy)
    for event in events:
        books.apply(decide(event, books))
    return books


def mails_once_due(books: BooksOf) -> list[Email]:
    """The mails of every reminder that was set, in the order in which they come due."""
    before = set(books.mails)
    for reminder in sorted(books.reminders.values(), key=lambda one: one.at):
        books.apply(decide(fired(reminder), books))
    return [mail for place, mail in books.mails.items() if place not in before]


def answered(look: Observe, answer: str, at: int) -> Event:
    """The message that brings Stripe's answer to the question whether a customer is to be erased."""
    check = ErasureCheck.model_validate({"customer": look.id, "answer": answer})
    return read_event(observation_message(look, {"id": look.id, **check.model_dump()}, at))
