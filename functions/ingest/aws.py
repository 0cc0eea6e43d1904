"""The two AWS calls of ingest, with AWS's errors turned into answers to Stripe."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from functions.ingest.rejection import RejectedError

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import SendMessageRequestTypeDef


def secret_fetcher(client: SecretsManagerClient, secret_id: str) -> Callable[[], str]:
    """A function that returns the secret's current value, `{}` if it has none yet, and empty if it is binary.

    The function raises RejectedError (503) when Secrets Manager cannot be reached or refuses.
    """

    def fetch() -> str:
        try:
            return client.get_secret_value(SecretId=secret_id).get("SecretString", "")
        except (BotoCoreError, ClientError) as error:
            code = _code(error)
            if code == "ResourceNotFoundException":  # also the answer for a secret without any version
                return "{}"
            message = "The signing secrets cannot be fetched: try again later."
            raise RejectedError(503, "secrets_unavailable", message, f"GetSecretValue: {code}") from error

    return fetch


def queue_sender(client: SQSClient) -> Callable[[SendMessageRequestTypeDef], None]:
    """A function that returns once SQS has stored the message.

    The function raises RejectedError (503) when SQS cannot be reached or refuses.
    """

    def send(message: SendMessageRequestTypeDef) -> None:
        try:
            client.send_message(**message)
        except (BotoCoreError, ClientError) as error:
            text = "The event could not be queued: send it again."
            raise RejectedError(503, "queue_unavailable", text, f"SendMessage: {_code(error)}") from error

    return send


def _code(error: BotoCoreError | ClientError) -> str:
    return error.response["Error"]["Code"] if isinstance(error, ClientError) else type(error).__name__
