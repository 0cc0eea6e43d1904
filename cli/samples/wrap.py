"""`make wrap`: write events/sqs/: the samples as Lambda receives them from the queue, for `sam local invoke`."""

import json
from typing import Any

from cli.samples import samples
from shared.messages.mac import signed_attributes

SQS = samples.EVENTS / "sqs"
LOCAL_KEY = b"of-the-local-cloud-and-of-no-real-stack"
"""Signs the samples. Only the local cloud accepts this key, beside its own."""


def main() -> None:
    """Write all files of events/sqs/ again."""
    for stale in SQS.glob("*.json"):
        stale.unlink()
    for name, text in wrapped().items():
        SQS.mkdir(exist_ok=True)
        (SQS / f"{name}.json").write_text(text)


def wrapped() -> dict[str, str]:
    """The content of each file, by the sample's name."""
    names = (path.stem for path in sorted(samples.EVENTS.glob("*.json")))
    return {name: json.dumps(sqs_event(samples.sample(name)), indent=2, ensure_ascii=False) + "\n" for name in names}


def sqs_event(event: dict[str, Any]) -> dict[str, Any]:
    """An event source mapping's event with one message (https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html)."""
    attributes = {
        "type": event["type"],
        "account": event.get("account"),
        "livemode": str(event["livemode"]).lower(),
        "api_version": event["api_version"],
        "endpoint": "connect" if event.get("account") else "direct",
        "request_id": (event["request"] or {}).get("id"),
    }
    body = json.dumps(event, separators=(",", ":"), ensure_ascii=False)
    signed = signed_attributes(LOCAL_KEY, body, {name: value for name, value in attributes.items() if value})
    received = str(event["created"] * 1000)
    record = {
        "messageId": f"sample-{event['id']}",
        "receiptHandle": "a receipt handle is known to the queue alone",
        "body": body,
        "attributes": {
            "ApproximateReceiveCount": "1",
            "SentTimestamp": received,
            "ApproximateFirstReceiveTimestamp": received,
            "SequenceNumber": "1",
            "MessageGroupId": event.get("account") or "platform",
            "MessageDeduplicationId": event["id"],
            "SenderId": "sample",
        },
        "messageAttributes": {
            name: {"stringValue": value["StringValue"], "dataType": value["DataType"]} for name, value in signed.items()
        },
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:us-east-1:123456789012:billhook-events.fifo",
        "awsRegion": "us-east-1",
    }
    return {"Records": [record]}


if __name__ == "__main__":
    main()
