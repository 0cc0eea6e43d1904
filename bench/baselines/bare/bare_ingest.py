"""Ingest with botocore and nothing else: the same two calls, no check, no log. The least that can be deployed."""

import os

import botocore.session

session = botocore.session.get_session()
secrets_manager = session.create_client("secretsmanager")
sqs = session.create_client("sqs")


def lambda_handler(event, _context):
    """One GetSecretValue, one SendMessage."""
    secrets_manager.get_secret_value(SecretId=os.environ["SECRET_ID"])
    sqs.send_message(
        QueueUrl=os.environ["QUEUE_URL"],
        MessageBody=event["body"],
        MessageGroupId="platform",
        MessageDeduplicationId="evt_1",
    )
    return {"statusCode": 200, "body": "{}"}
