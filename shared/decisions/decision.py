"""What a handler returns: the records to save, and the effects to perform once they are saved."""

from shared.decisions.journal import Journal
from shared.effects.effect import Effect
from shared.records.connected_account import ConnectedAccount, PayoutRecord
from shared.records.index import AccountIndex, PaymentIndex
from shared.records.order import Order
from shared.records.organization import Organization
from shared.records.past import ClosedInvoice, EndedSubscription
from shared.records.payment import Payment
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
)


class Decision(Frozen):
    """Saved in one transaction with the effects still owed; the effects are performed after it, in this order."""

    archive: bool = True
    """Whether the payload is kept; not that of our own messages, nor of one refused since its customer was erased."""
    journal: Journal | None = None
    """What was decided, kept beside the payload; None if the payload is not kept."""
    save: tuple[StoredRecord, ...] = ()
    then: tuple[Effect, ...] = ()


NOTHING = Decision()
