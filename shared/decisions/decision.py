"""A decision: the records to save, and the effects to perform after the commit."""

from collections.abc import Mapping

from shared.decisions.access_item import AccessChange
from shared.decisions.journal import Change, Journal
from shared.decisions.session_item import SessionItem
from shared.effects.effect import Effect
from shared.records.connected_account import ConnectedAccount, PayoutRecord
from shared.records.index import AccountIndex, PaymentIndex
from shared.records.order import Order
from shared.records.organization import Organization
from shared.records.past import ClosedInvoice, EndedSubscription
from shared.records.payment import Payment
from shared.records.summary import Summary
from shared.values.frozen import Frozen

type StoredRecord = (
    Organization
    | Order
    | Payment
    | PaymentIndex
    | AccountIndex
    | ConnectedAccount
    | PayoutRecord
    | EndedSubscription
    | ClosedInvoice
    | Summary
)


class Decision(Frozen):
    """One transaction saves the records and the outbox; the worker performs the effects afterwards."""

    archive: bool = True
    """Whether the commit archives the payload; not for our own messages or events of an erased customer."""
    changed: Mapping[str, Mapping[str, Change]] = {}
    """Facts that new rules change although their record stays the same, by record: the journal tells of them."""
    journal: Journal | None = None
    """The journal beside the payload; None if the payload is not archived."""
    save: tuple[StoredRecord, ...] = ()
    access: tuple[AccessChange, ...] = ()
    """The access items that the commit writes or deletes beside the records."""
    sessions: tuple[SessionItem, ...] = ()
    """The session items that the commit writes beside the records."""
    then: tuple[Effect, ...] = ()


NOTHING = Decision()
