"""`billhook handover`: hand over again the effects that committed events still owe, as reconcile does every hour.

Your AWS credentials must allow reading the inbox, and sending to the queues of effects and mails. A message too many
does no harm, because the worker leases a lane before it acts.
"""

import re
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Annotated

from botocore.exceptions import BotoCoreError, ClientError
from cyclopts import Parameter, Token

from cli.errors import RefusedError, in_words
from cli.operate.audit import Change, audited
from cli.operate.reconcile_range import SECONDS
from cli.where import HERE, Where
from functions.reconcile.overdue import UnfinishedEvents, hand_over_again
from shared.inbox.handover import Handover
from shared.inbox.lanes import LANES, Lane


@dataclass(frozen=True)
class Told(Handover):
    """A hand-over that prints each message; in a dry run it only prints."""

    dry_run: bool = False
    counts: Counter[str] = field(default_factory=Counter)

    def send(self, event_id: str, account: str, lanes: Iterable[Lane]) -> None:
        """Hand over and print each lane; raises botocore's errors if SQS refuses."""
        for lane in lanes:
            if not self.dry_run:
                super().send(event_id, account, (lane,))
                self.counts[f"handed over to {lane}"] += 1
            print(f"{'would go' if self.dry_run else 'handed over'}  {lane:<7}  {event_id}  {account}")


def _seconds(_type: object, tokens: Sequence[Token]) -> int:
    """The seconds in `1h`, `90m` or `2d`."""
    text = tokens[0].value
    read = re.fullmatch(r"(\d+)([mhd])", text)
    if read is None:
        raise ValueError(f"{text} is no length of time: say 1h, 90m or 2d")
    return int(read[1]) * SECONDS[read[2]]


def handover(
    *,
    after: Annotated[int, Parameter(converter=_seconds)] = 0,
    failed: bool = False,
    dry_run: bool = False,
    where: Where = HERE,
) -> None:
    """Hand over again the effects that are owed.

    Reconciliation does this every hour. A message too many does no harm, because the worker leases a lane before it
    acts. Leased effects, and effects that wait for their next try, are left alone.

    Args:
        after: only lanes that are overdue by this time: 1h, 90m, 2d.
        failed: also lanes that were given up and are in a dead-letter queue.
        dry_run: only say what would be handed over.
        where: the stack.
    """
    try:
        urls: dict[Lane, str] = {lane: where.queue(lane) for lane in LANES}
        unfinished = UnfinishedEvents(where.client("dynamodb"), f"{where.name}-inbox", dry_run)
        change = Change("handover", {"after_seconds": after, "failed": failed})
        with audited(where, change, dry_run=dry_run) as counts:
            told = Told(where.client("sqs"), urls, dry_run, counts)
            found = hand_over_again(unfinished, told, int(time.time()), dict.fromkeys(LANES, after), failed=failed)
    except (RefusedError, ClientError, BotoCoreError) as error:
        raise RefusedError(f"stopped; what was handed over stays so: {in_words(error)}") from None
    print(f"{found.handed_over} {'to hand over' if dry_run else 'handed over'}")
