"""The input of the measured handlers: requests, messages and table items."""

import json
import time
from collections.abc import Mapping
from typing import Any

from bench.counting import metered_system
from bench.processes import ENVIRONMENT
from bench.stub import APP_TOKEN, MESSAGE_KEY, SECRET
from cli.samples import samples
from shared.messages.mac import signed_attributes
from shared.tables.attributes import to_item

MONTH = 30 * 86_400
OWING = "evt_owing"
"""The id of the event that is committed and still owes its effects."""
REFERENCE = "org_fernhill"
"""The business's own id of the first customer in `tables`."""
NONE: Mapping[str, str] = {}
TYPICAL, LARGE = 5_500, 51_000
"""Bytes of an event with a small invoice, and with the invoice of a busy month."""


def payment_failed(size: int = 0) -> bytes:
    """A new `invoice.payment_failed`; its invoice lines repeat until it has at least `size` bytes."""
    event = samples.fresh("invoice.payment_failed", int(time.time()))
    lines = event["data"]["object"]["lines"]["data"]
    body = samples.encode(event)
    while len(body) < size:
        lines.append(lines[0])
        body = samples.encode(event)
    return body


def signed(body: bytes) -> dict[str, str]:
    """A body and its signature of this second."""
    return {"text": body.decode(), "signature": samples.signature(body, SECRET, int(time.time()))}


def http_request(body: bytes) -> dict[str, Any]:
    """The event that API Gateway passes to ingest: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html."""
    route = "POST /webhooks/stripe"
    return {
        "version": "2.0",
        "routeKey": route,
        "rawPath": "/webhooks/stripe",
        "rawQueryString": "",
        "headers": {"content-type": "application/json", "stripe-signature": signed(body)["signature"]},
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "api",
            "domainName": "api.execute-api.us-east-1.amazonaws.com",
            "http": {
                "method": "POST",
                "path": "/webhooks/stripe",
                "protocol": "HTTP/1.1",
                "sourceIp": "3.18.12.63",
                "userAgent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
            },
            "requestId": "request",
            "routeKey": route,
            "stage": "$default",
            "time": "22/Nov/2026:12:00:00 +0000",
            "timeEpoch": int(time.time() * 1000),
        },
        "body": body.decode(),
        "isBase64Encoded": False,
    }


def access_request() -> dict[str, Any]:
    """The event that API Gateway passes to access: an app asks by reference for a feature."""
    return {
        "version": "2.0",
        "routeKey": "GET /access",
        "rawPath": "/access",
        "rawQueryString": f"reference={REFERENCE}&feature=exports",
        "headers": {"authorization": f"Bearer {APP_TOKEN}"},
        "requestContext": {"http": {"method": "GET", "path": "/access"}, "stage": "$default"},
        "isBase64Encoded": False,
    }


def sqs_batch(body: bytes) -> dict[str, Any]:
    """The batch that Lambda passes to the consumer, with one message."""
    fifo = {"MessageDeduplicationId": json.loads(body)["id"], "SequenceNumber": "18849496460467696128"}
    signed_ = signed_attributes(MESSAGE_KEY.encode(), body.decode(), {"endpoint": "direct"})
    attributes = {name: {"stringValue": one["StringValue"], "dataType": "String"} for name, one in signed_.items()}
    return _batch(ENVIRONMENT["QUEUE_ARN"], body.decode(), fifo, attributes)


def owed_batch(lane: str, event_id: str = OWING) -> dict[str, Any]:
    """The batch that Lambda passes to the effects worker, with one message; by default about the event in `tables`."""
    return _batch(ENVIRONMENT[f"{lane.upper()}_QUEUE_ARN"], json.dumps({"event": event_id}))


def _batch(
    queue: str, body: str, attributes: Mapping[str, str] = NONE, message_attributes: Mapping[str, Any] = NONE
) -> dict[str, Any]:
    now = str(int(time.time() * 1000))
    record = {
        "messageId": "5fea7756-0ea4-451a-a703-a558b933e274",
        "receiptHandle": "a receipt handle",
        "body": body,
        "attributes": {
            "ApproximateReceiveCount": "1",
            "SentTimestamp": now,
            "SenderId": "AROA:billhook",
            "ApproximateFirstReceiveTimestamp": now,
            "MessageGroupId": "platform",
            **attributes,
        },
        "messageAttributes": dict(message_attributes),
        "md5OfBody": "",
        "eventSource": "aws:sqs",
        "eventSourceARN": queue,
        "awsRegion": "us-east-1",
    }
    return {"Records": [record]}


def tables() -> dict[str, list[dict[str, Any]]]:
    """The items of each table, as DynamoDB attributes.

    Two customers subscribed and paid a month ago. The first is the customer of `payment_failed`. The second has a
    failed payment already: its event is committed and still owes its mail, reminder and announcement.
    """
    now, customer = int(time.time()), samples.sample("invoice.payment_failed")["data"]["object"]["customer"]
    with metered_system() as system:
        for suffix in ("", "owing"):
            for name in ("customer.subscription.created", "invoice.paid"):
                system.handle(samples.renamed(samples.fresh(name, now - MONTH), suffix), now - MONTH)
        failed = samples.fresh("invoice.payment_failed", now, OWING)
        system.commit(samples.renamed(failed, "owing"), now)
        inbox, books = system.items("INBOX_TABLE"), system.items("BOOKS_TABLE")
    return {
        ENVIRONMENT["INBOX_TABLE"]: [item for item in inbox if item["id"] == {"S": OWING}],
        ENVIRONMENT["BOOKS_TABLE"]: books,
        ENVIRONMENT["ACCESS_TABLE"]: _access_items(now),
        ENVIRONMENT["ORGANIZATIONS_TABLE"]: [
            to_item(
                {
                    "id": customer,
                    "name": "Fernhill Studio",
                    "email": "accounts@example.com",
                    "status": "active",
                    "plan": "studio",
                    "past_due": False,
                    "current_period_end": now + MONTH,
                }
            )
        ],
    }


def _access_items(now: int) -> list[dict[str, Any]]:
    """The items of the access table once a customer has bought a subscription."""
    with metered_system() as system:
        for name in ("checkout.session.completed.subscription", "customer.subscription.created"):
            system.handle(samples.fresh(name, now - MONTH), now - MONTH)
        return system.items("ACCESS_TABLE")
