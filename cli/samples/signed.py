"""`billhook signed`: print a sample, signed now, as API Gateway hands it to ingest, for `sam local invoke -e -`.

The environment variable SIGNING_SECRET holds another secret; without it, the running local cloud's signs.
"""

import json
import os
import time
from datetime import UTC, datetime
from typing import Annotated, Any

from cyclopts import Parameter

from cli.errors import RefusedError
from cli.local.running import running
from cli.samples import samples

PATH = "/webhooks/stripe"


def signed(
    event: str,
    /,
    *,
    event_id: Annotated[str | None, Parameter(name="--id")] = None,
    account: str | None = None,
    endpoint: str | None = None,
) -> None:
    """Print a signed sample as API Gateway hands it to ingest.

    For: ./billhook signed invoice.paid | sam local invoke IngestFunction -e -
    The environment variable SIGNING_SECRET holds the secret; without it, the running local cloud's signs.

    Args:
        event: a file in events/, without .json.
        event_id: the event's id, to repeat an event; a new one by default.
        account: the connected account of the event; none by default.
        endpoint: the endpoint in the URL; by default the URL for all endpoints.
    """
    now = int(time.time())
    try:
        body = samples.encode(samples.fresh(event, now, event_id, account))
    except LookupError as error:
        raise RefusedError(str(error)) from None
    secret = os.environ.get("SIGNING_SECRET") or running()["secret"]
    print(json.dumps(http_api_event(body, secret, now, endpoint), indent=2))


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
