"""Any event of a connected account tells that the account is there; so an account that has left is known to be back."""

from shared.accounts import ConnectedAccount
from shared.books import Books
from shared.decision import Decision
from shared.event import PLATFORM, Event
from shared.own_types import is_own


def heard(decided: Decision, event: Event, books: Books) -> Decision:
    """`decided`, with the connected account that something was heard of; saved once a day for that."""
    if event.account == PLATFORM or is_own(event.type):
        return decided
    saved = [one for one in decided.save if isinstance(one, ConnectedAccount)]
    before = saved[0] if saved else books.connected(event.account)
    after = before.heard(event.created)
    if after == before:
        return decided
    others = tuple(one for one in decided.save if one is not before)
    return decided.model_copy(update={"save": (*others, after)})
