"""The AWS calls of ingest. They turn AWS's errors into answers to Stripe."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from functions.ingest.rejection import RejectedError

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import SendMessageRequestTypeDef


@dataclass(frozen=True, slots=True)
class StoredSecret:
    """The secret `secret_id` in Secrets Manager."""

    client: SecretsManagerClient
    secret_id: str

    def fetch(self) -> str:
        """The secret's current value: `{}` if it has none yet, and empty if it is binary.

        Raises:
            RejectedError: 503, Secrets Manager cannot be reached or refuses.
        """
        try:
            return self.client.get_secret_value(SecretId=self.secret_id).get("SecretString", "")
        except (BotoCoreError, ClientError) as error:
            code = _code(error)
            if code == "ResourceNotFoundException":  # also the answer for a secret without any version
                return "{}"
            message = "The secrets cannot be fetched: try again later."
            raise RejectedError(503, "secrets_unavailable", message, f"GetSecretValue: {code}") from error


@dataclass(frozen=True, slots=True)
class EventsQueue:
    """The FIFO queue of events; each message names the queue's URL."""

    client: SQSClient

    def send(self, message: SendMessageRequestTypeDef) -> None:
        """Return once SQS has stored the message.

        Raises:
            RejectedError: 503, SQS cannot be reached or refuses.
        """
        try:
            self.client.send_message(**message)
        except (BotoCoreError, ClientError) as error:
            text = "The event could not be queued: send it again."
            raise RejectedError(503, "queue_unavailable", text, f"SendMessage: {_code(error)}") from error

    def waiting(self, queue_url: str) -> int | None:
        """How many messages wait in the queue, approximately; None if SQS cannot be reached or refuses."""
        try:
            answer = self.client.get_queue_attributes(
                QueueUrl=queue_url, AttributeNames=["ApproximateNumberOfMessages"]
            )
            return int(answer["Attributes"]["ApproximateNumberOfMessages"])
        except (BotoCoreError, ClientError, KeyError, ValueError):
            return None


def _code(error: BotoCoreError | ClientError) -> str:
    return error.response["Error"]["Code"] if isinstance(error, ClientError) else type(error).__name__
