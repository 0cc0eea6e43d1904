"""`make send`: sign a sample event now, and post it to the cloud that `make run` started or to any URL.

The environment variable SIGNING_SECRET holds the secret of the URL; without it, the running local cloud's signs.
"""

import argparse
import json
import os
import sys
import time
import urllib.error
from typing import TYPE_CHECKING

from cli.local.running import NothingRunsError, client, running
from cli.samples import samples

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

LONGEST_WAIT = 15
"""Seconds to wait until an event is done."""


def main() -> int:
    """Send one event; the exit code is 0 if it was accepted."""
    parser = argparse.ArgumentParser(prog="make send EVENT=…", description=__doc__, allow_abbrev=False)
    parser.add_argument("event", help="a file in events/, without .json")
    parser.add_argument("--id", help="the event's id, to repeat an event; a new one by default")
    parser.add_argument("--account", help="the connected account of the event; none by default")
    parser.add_argument("--url", help="the webhook URL; the running local cloud's by default")
    asked = parser.parse_args()
    try:
        theirs = os.environ.get("SIGNING_SECRET", "") if asked.url else ""
        url = asked.url or running()["webhook_url"]
        secret = theirs or running()["secret"]
        event = samples.fresh(asked.event, int(time.time()), asked.id, asked.account)
        body = samples.encode(event)
        answer = samples.deliver(url, body, lambda: samples.signature(body, secret, int(time.time())), print)
    except (NothingRunsError, LookupError, urllib.error.URLError) as error:
        sys.stderr.write(f"not sent: {error}\n")
        return 1
    print(f"{event['type']}  {event['id']}  ->  {answer.status} {json.dumps(answer.body)}")
    if answer.status != 200:  # noqa: PLR2004 - HTTP's
        return 1
    if not theirs:
        print(_what_came_of_it(event["id"]))
    return 0


def _what_came_of_it(event_id: str) -> str:
    """The event's final state in the running cloud's inbox, with its error, reason or effects."""
    dynamodb: DynamoDBClient = client("dynamodb")
    deadline = time.monotonic() + LONGEST_WAIT
    while time.monotonic() < deadline:
        found = dynamodb.get_item(TableName=running()["inbox_table"], Key={"id": {"S": event_id}}).get("Item", {})
        item = {name: str(next(iter(attribute.values()))) for name, attribute in found.items()}
        if item.get("state") in {"done", "ignored", "failed"}:
            performed = ", ".join(f"{owed['kind']} {owed['outcome']}" for owed in json.loads(item.get("outbox", "[]")))
            return f"{item['state']}: {item.get('error') or item.get('reason') or performed or 'nothing to perform'}"
        time.sleep(0.05)
    return f"not finished after {LONGEST_WAIT} s: the inbox item of {event_id} says why"


if __name__ == "__main__":
    sys.exit(main())
