"""One boto3 SendMessage of the same body and attributes, and nothing else."""

import os

import boto3

sqs = boto3.client("sqs")


def lambda_handler(event, _context):
    """Send the body."""
    sqs.send_message(
        QueueUrl=os.environ["QUEUE_URL"],
        MessageBody=event["body"],
        MessageGroupId="platform",
        MessageDeduplicationId="evt_1USCcRHv8KpR2wXnlJm9xH0q",
        MessageAttributes={
            "type": {"DataType": "String", "StringValue": "invoice.payment_failed"},
            "livemode": {"DataType": "String", "StringValue": "true"},
            "api_version": {"DataType": "String", "StringValue": "2026-10-28.endive"},
            "endpoint": {"DataType": "String", "StringValue": "direct"},
            "request_id": {"DataType": "String", "StringValue": "req_1"},
        },
    )
    return {"statusCode": 200}
