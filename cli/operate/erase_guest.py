"""`billhook erase-guest`: erase guests now. A guest is a buyer whom only a Checkout session names.

The command finds the orders of guests in the books, and sends the consumer a signed message for each. The consumer then
decides on the erasure, as on the date that each guest's order has. Your AWS credentials must allow reading the books,
the stack and the secret with the message keys, and sending to the queue of events.
"""

import time
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from cli.bounds import Days
from cli.errors import RefusedError
from cli.operate.audit import Change, audited
from cli.operate.own_message import sender_of
from cli.where import HERE, Where
from shared.compression.packing import unpack
from shared.effects.remind import Remind
from shared.records.order import Order
from shared.tables.attributes import from_item, to_item
from shared.values import keys
from shared.values.times import DAY

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

ASKED = "erasure.guest_asked"
NAMED = 100
"""Sessions that an entry of the audit log names, at most."""


@dataclass(frozen=True)
class Wanted:
    """The guests to erase: of one session, with one address, or from before epoch seconds `before`."""

    session: str | None = None
    address: str | None = None
    before: int | None = None

    def wants(self, order: Order) -> bool:
        """Whether the order is a wanted guest's."""
        if not order.guest:
            return False
        began = order.session.value.created if order.session else 0
        return (
            order.session_id == self.session
            or (self.address is not None and (order.address or "").casefold() == self.address.casefold())
            or (self.before is not None and began < self.before)
        )


def erase_guest(
    whom: str | None = None,
    /,
    *,
    older_than: Annotated[Days, Parameter(name="--older-than-days")] = None,
    dry_run: bool = False,
    where: Where = HERE,
) -> int:
    """Erase guests, by session, address or age.

    A guest is a buyer whom only a Checkout session names. Each guest's order has a date of erasure (GuestOrderDays);
    this command erases now. It reads the whole table of books.

    Args:
        whom: the Checkout session, cs_…, or the guest's mail address.
        older_than: every guest whose session began more than this many days ago.
        dry_run: only list the orders.
        where: the stack.
    """
    if (whom is None) == (older_than is None):
        raise RefusedError("name the session (cs_…) or the address of the guest, or --older-than-days")
    now = int(time.time())
    before = None if older_than is None else now - older_than * DAY
    by_session = whom is not None and "@" not in whom
    wanted = Wanted(whom if by_session else None, None if by_session else whom, before)
    found = list(orders(where.client("dynamodb"), f"{where.name}-books", wanted))
    for order in found:
        print(f"{'would be erased' if dry_run else 'asked'}  {order.account}  {order.session_id}  {order.state}")
    if found:
        # An address is personal data, so the audit log names the sessions alone.
        asked = {"older_than_days": older_than, "sessions": [order.session_id for order in found][:NAMED]}
        with audited(where, Change("erase-guest", asked), dry_run=dry_run) as counts:
            if not dry_run:
                ask(where, found, now, counts)
    print(f"{len(found)} {'to erase' if dry_run else 'asked; the consumer and the effects worker erase them'}")
    return 0 if found else 1


def orders(dynamodb: "DynamoDBClient", table: str, wanted: Wanted) -> Iterator[Order]:
    """The wanted guests' orders in the books.

    Raises:
        botocore.exceptions.ClientError, BotoCoreError: DynamoDB refused, or did not answer.
    """
    pages = dynamodb.get_paginator("scan").paginate(
        TableName=table,
        FilterExpression="begins_with(sk, :order)",
        ExpressionAttributeValues=to_item({":order": keys.order("")}),
        ConsistentRead=True,
    )
    items = (from_item(item) for page in pages for item in page["Items"])
    return (one for one in map(_order, items) if one and wanted.wants(one))


def _order(item: Mapping[str, Any]) -> Order | None:
    """The order in an item; None for a damaged one, which is named and which no erasure can read."""
    try:
        return Order.model_validate_json(unpack(item["record"]))
    except (KeyError, ValueError, zlib.error):
        print(f"unreadable  {item['pk']}  {item['sk']}")
        return None


def ask(where: Where, found: list[Order], now: int, counts: Counter[str]) -> None:
    """Send the consumer a signed message for each order; `counts` counts them.

    Raises:
        RefusedError, botocore.exceptions.ClientError, BotoCoreError: AWS refused; the messages sent stay sent.
    """
    sender = sender_of(where)
    for order in found:
        session = order.session_id
        sender.send(Remind(type=ASKED, at=now, about=session, account=order.account, customer=session))
        counts["asked"] += 1
