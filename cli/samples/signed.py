"""`make signed`: print a sample, signed now, as API Gateway hands it to ingest, for `sam local invoke -e -`.

The environment variable SIGNING_SECRET holds another secret; without it, the running local cloud's signs.
"""

import argparse
import json
import os
import sys
import time
from datetime import UTC, datetime
from typing import Any

from cli.local.running import NothingRunsError, running
from cli.samples import samples

PATH = "/webhooks/stripe"


def main() -> int:
    """Print one event; the exit code is 0 if there is such a sample and a secret to sign it."""
    parser = argparse.ArgumentParser(prog="make signed EVENT=…", description=__doc__, allow_abbrev=False)
    parser.add_argument("event", help="a file in events/, without .json")
    parser.add_argument("--id", help="the event's id, to repeat an event; a new one by default")
    parser.add_argument("--account", help="the connected account of the event; none by default")
    parser.add_argument("--endpoint", help="the endpoint in the URL; by default the URL for all endpoints")
    asked = parser.parse_args()
    now = int(time.time())
    try:
        body = samples.encode(samples.fresh(asked.event, now, asked.id, asked.account))
        secret = os.environ.get("SIGNING_SECRET") or running()["secret"]
    except (NothingRunsError, LookupError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    print(json.dumps(http_api_event(body, secret, now, asked.endpoint), indent=2))
    return 0


def http_api_event(body: bytes, secret: str, at: int, endpoint: str | None = None) -> dict[str, Any]:
    """The Lambda event for a POST of `body`, signed `at`, in epoch seconds. Ingest accepts it for 300 seconds.

    Payload format 2.0: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
    """
    path = f"{PATH}/{endpoint}" if endpoint else PATH
    route = f"POST {PATH}" + ("/{endpoint}" if endpoint else "")
    http = {"method": "POST", "path": path, "protocol": "HTTP/1.1", "sourceIp": "127.0.0.1", "userAgent": "Stripe/1.0"}
    event = {
        "version": "2.0",
        "routeKey": route,
        "rawPath": path,
        "rawQueryString": "",
        "headers": {
            "content-type": "application/json; charset=utf-8",
            "stripe-signature": samples.signature(body, secret, at),
            "user-agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
        },
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "local",
            "domainName": "localhost",
            "domainPrefix": "local",
            "http": http,
            "requestId": "local",
            "routeKey": route,
            "stage": "$default",
            "time": f"{datetime.fromtimestamp(at, UTC):%d/%b/%Y:%H:%M:%S +0000}",
            "timeEpoch": at * 1000,
        },
        "body": body.decode(),
        "isBase64Encoded": False,
    }
    return event | ({"pathParameters": {"endpoint": endpoint}} if endpoint else {})


if __name__ == "__main__":
    sys.exit(main())
