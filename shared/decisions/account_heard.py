"""Any event of a connected account tells that the account is there; so an account that has left is known to be back."""

from shared.decisions.decision import Decision
from shared.messages.internal_types import is_internal
from shared.records.books import Books
from shared.records.connected_account import ConnectedAccount
from shared.stripe_objects.event import PLATFORM, Event


def heard(decided: Decision, event: Event, books: Books) -> Decision:
    """`decided`, with the connected account that something was heard of; saved once a day for that."""
    if event.account == PLATFORM or is_internal(event.type):
        return decided
    saved = [one for one in decided.save if isinstance(one, ConnectedAccount)]
    before = saved[0] if saved else books.connected(event.account)
    after = before.with_activity(event.created)
    if after == before:
        return decided
    others = tuple(one for one in decided.save if one is not before)
    return decided.model_copy(update={"save": (*others, after)})
