"""Erasure: deletes a customer's data in steps, after the commit has written the tombstone.

The worker deletes the items of the customer's partition, in the order of their sort keys (sweep.py). The consumer works
on meanwhile: an erasure spares items saved after the tombstone, and their pointers.
"""

from functions.effects.perform.sweep import Places, Sweep, pages
from functions.effects.worker import Done, Partial
from shared.effects.erasure import Erase
from shared.tables.tombstones import certify, find_or_bury
from shared.values import keys
from shared.values.frozen import Frozen


class Cursor(Frozen):
    """The progress of an erasure: how many items it has deleted, and the last sort key that it is done with."""

    deleted: int = 0
    after: str | None = None


class Eraser(Places):
    """Erases customers and connected accounts, with their files in `bucket`."""

    def step(self, effect: Erase, committed_ms: int, cursor: str | None, deadline: float) -> Done | Partial:
        """Delete from `cursor` on until `deadline`, in epoch seconds, but at least one page; returns the progress.

        `committed_ms` is when the erasure was committed, in epoch milliseconds. A customer who came back and was erased
        again has another tombstone by then; that erasure begins at the beginning, and certifies its own end.

        Raises:
            Retryable, botocore.exceptions.ClientError, BotoCoreError: DynamoDB or S3 failed. The next attempt goes on
                with the items that are left.
        """
        stone = find_or_bury(self.store, effect, committed_ms)
        begun = Cursor.model_validate_json(cursor) if cursor else Cursor()
        sweep = Sweep(self, effect.account, stone.as_of, stone.buried_ms, deadline, begun.deleted, begun.after)
        for name in (name for paid in effect.payments for name in paid.names):
            if sweep.empty(keys.partition(effect.account, name)) is None:
                return Partial(Cursor(deleted=sweep.deleted, after=sweep.after).model_dump_json())
        own = keys.partition(effect.account, effect.customer)
        for number, page in enumerate(pages(self.store, own, begun.after)):
            if (number and sweep.late) or not sweep.clear(page):
                return Partial(Cursor(deleted=sweep.deleted, after=sweep.after).model_dump_json())
        if stone.as_of == effect.as_of:
            certify(self.store, effect, stone)
        return Done(f"erased {sweep.deleted}")
