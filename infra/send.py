"""`make send`: sign a sample event as of now and post it, to the cloud that `make run` started or to any URL."""

import argparse
import json
import sys
import time
import urllib.error

from infra import samples
from infra.running import NothingRunsError, running


def main() -> int:
    """Send one event; 0 if it was accepted."""
    parser = argparse.ArgumentParser(prog="make send EVENT=…", description=__doc__)
    parser.add_argument("event", help="a file in events/, without .json")
    parser.add_argument("--id", help="the event's id, to repeat an event; a new one by default")
    parser.add_argument("--account", help="the connected account that it is about; none by default")
    parser.add_argument("--url", help="where to post; the running local cloud by default")
    parser.add_argument("--secret", help="the signing secret; the running local cloud's by default")
    asked = parser.parse_args()
    try:
        target = (asked.url, asked.secret) if asked.url and asked.secret else _running_target(asked.url, asked.secret)
        event = samples.fresh(asked.event, int(time.time()), asked.id, asked.account)
        body = samples.encode(event)
        answer = samples.post(target[0], body, samples.signature(body, target[1], int(time.time())))
    except (NothingRunsError, LookupError, urllib.error.URLError) as error:
        sys.stderr.write(f"not sent: {error}\n")
        return 1
    print(f"{event['type']}  {event['id']}  ->  {answer.status} {json.dumps(answer.body)}")
    return 0 if answer.status == 200 else 1  # noqa: PLR2004 - HTTP's


def _running_target(url: str | None, secret: str | None) -> tuple[str, str]:
    cloud = running()
    return url or cloud["webhook_url"], secret or cloud["secret"]


if __name__ == "__main__":
    sys.exit(main())
