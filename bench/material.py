"""What the measured handlers are given: requests, messages, and the organization that the tables hold."""

import json
import time
from typing import TYPE_CHECKING, Any

from bench.stub import SECRET
from infra import samples
from shared.event import read_event
from shared.tables.attributes import to_item
from tests.support.stories import told

if TYPE_CHECKING:
    from shared.record import Record

MONTH = 30 * 86_400
CUSTOMER = "cus_s4E7P0vk4zyEAh"
TYPICAL, LARGE = 5_500, 51_000
"""Bytes: an invoice with one line, and one with as many as a busy month has."""


def payment_failed(size: int = 0) -> bytes:
    """`invoice.payment_failed` as of now, its lines repeated until it has `size` bytes at least."""
    event = samples.fresh("invoice.payment_failed", int(time.time()))
    lines = event["data"]["object"]["lines"]["data"]
    body = samples.encode(event)
    while len(body) < size:
        lines.append(lines[0])
        body = samples.encode(event)
    return body


def signed(body: bytes) -> dict[str, str]:
    """A body, and its signature as of now."""
    return {"text": body.decode(), "signature": samples.signature(body, SECRET, int(time.time()))}


def http_request(body: bytes) -> dict[str, Any]:
    """What API Gateway hands over: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html."""
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


def sqs_batch(body: bytes) -> dict[str, Any]:
    """What Lambda hands over of one SQS message."""
    now = str(int(time.time() * 1000))
    record = {
        "messageId": "5fea7756-0ea4-451a-a703-a558b933e274",
        "receiptHandle": "a receipt handle",
        "body": body.decode(),
        "attributes": {
            "ApproximateReceiveCount": "1",
            "SentTimestamp": now,
            "SenderId": "AROA:billhook",
            "ApproximateFirstReceiveTimestamp": now,
            "MessageGroupId": "platform",
            "MessageDeduplicationId": json.loads(body)["id"],
            "SequenceNumber": "18849496460467696128",
        },
        "messageAttributes": {"endpoint": {"stringValue": "direct", "dataType": "String"}},
        "md5OfBody": "",
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:us-east-1:123456789012:billhook-events.fifo",
        "awsRegion": "us-east-1",
    }
    return {"Records": [record]}


def tables() -> dict[str, dict[str, Any]]:
    """The customer of `payment_failed` in each table, a month after subscribing."""
    a_month_ago = int(time.time()) - MONTH
    before = [samples.fresh(name, a_month_ago) for name in ("customer.subscription.created", "invoice.paid")]
    books = told(*(read_event(json.dumps(event)) for event in before))
    organization: Record = books.organization("platform", CUSTOMER)
    return {
        "billhook-books": to_item(
            {
                "pk": organization.partition,
                "sk": organization.sort_key,
                "version": organization.version,
                "record": organization.packed(),
            }
        ),
        "tutorial-organizations": to_item(
            {
                "id": CUSTOMER,
                "name": "Fernhill Studio",
                "email": "accounts@example.com",
                "status": "active",
                "plan": "studio",
                "past_due": False,
                "current_period_end": int(time.time()) + MONTH,
            }
        ),
    }
