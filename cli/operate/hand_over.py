"""`make handover`: hand over again the effects that committed events still owe, as reconcile does every hour.

It works on the cloud that `make run` started, or, with --stack, on the AWS account of your credentials. They must allow
reading the inbox, and sending to the queues of effects and mails. A message too many does no harm, because the worker
leases a lane before it acts.
"""

import argparse
import re
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from cli.local.running import NothingRunsError, client
from cli.local.stack import NAME
from cli.operate.reconcile_range import SECONDS
from functions.reconcile.overdue import UnfinishedEvents, hand_over_again
from shared.inbox.handover import Handover
from shared.inbox.lanes import LANES, Lane

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient
    from mypy_boto3_sqs.client import SQSClient


@dataclass(frozen=True)
class Told(Handover):
    """A hand-over that prints each message; in a dry run it only prints."""

    dry_run: bool = False

    def send(self, event_id: str, account: str, lanes: Iterable[Lane]) -> None:
        """Hand over and print each lane; raises botocore's errors if SQS refuses."""
        for lane in lanes:
            if not self.dry_run:
                super().send(event_id, account, (lane,))
            print(f"{'would go' if self.dry_run else 'handed over'}  {lane:<7}  {event_id}  {account}")


def main() -> int:
    """Hand over; the exit code is 0 if no call failed."""
    parser = argparse.ArgumentParser(
        prog="make handover", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--stack", help="the stack's name; the running local cloud's by default")
    parser.add_argument("--after", type=_seconds, default=0, help="only lanes that are overdue by this time: 1h, 90m")
    parser.add_argument(
        "--failed", action="store_true", help="also lanes that were given up and are in a dead-letter queue"
    )
    parser.add_argument("--dry-run", action="store_true", help="only say what would be handed over")
    asked = parser.parse_args()
    try:
        dynamodb, sqs = _clients(local=not asked.stack)
        stack = asked.stack or NAME
        urls: dict[Lane, str] = {lane: sqs.get_queue_url(QueueName=f"{stack}-{lane}")["QueueUrl"] for lane in LANES}
        told = Told(sqs, urls, asked.dry_run)
        unfinished, late = UnfinishedEvents(dynamodb, f"{stack}-inbox"), dict.fromkeys(LANES, asked.after)
        found = hand_over_again(unfinished, told, int(time.time()), late, failed=asked.failed)
    except (NothingRunsError, ClientError, BotoCoreError) as error:
        sys.stderr.write(f"stopped; what was handed over stays so: {error}\n")
        return 1
    print(f"{found.handed_over} {'to hand over' if asked.dry_run else 'handed over'}")
    return 0


def _clients(*, local: bool) -> tuple["DynamoDBClient", "SQSClient"]:
    if local:
        return client("dynamodb"), client("sqs")
    return boto3.client("dynamodb"), boto3.client("sqs")


def _seconds(text: str) -> int:
    """The seconds in `1h`, `90m` or `2d`."""
    read = re.fullmatch(r"(\d+)([mhd])", text)
    if read is None:
        raise argparse.ArgumentTypeError(f"{text} is no length of time: say 1h, 90m or 2d")
    return int(read[1]) * SECONDS[read[2]]


if __name__ == "__main__":
    sys.exit(main())
