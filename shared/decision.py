"""What a handler returns: the records to save, and the effects to perform once they are saved."""

from shared.accounts import ConnectedAccount, PayoutRecord
from shared.effects import Effect
from shared.frozen import Frozen
from shared.journal import Journal
from shared.orders import Order
from shared.past import ClosedInvoice, EndedSubscription
from shared.payments import Payment
from shared.pointer import Holding, Pointer
from shared.records import Organization

type Kept = (
    Organization
    | Order
    | Payment
    | Pointer
    | Holding
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
    save: tuple[Kept, ...] = ()
    then: tuple[Effect, ...] = ()


NOTHING = Decision()
