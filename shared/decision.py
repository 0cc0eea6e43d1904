"""What a handler returns: the records to save, and the effects to perform once they are saved."""

from shared.effects import Effect
from shared.frozen import Frozen
from shared.records import Order, Organization


class Decision(Frozen):
    """Saved in one transaction with the effects still owed; the effects are performed after it, in this order."""

    save: tuple[Organization | Order, ...] = ()
    then: tuple[Effect, ...] = ()


NOTHING = Decision()
