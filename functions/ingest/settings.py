"""The settings of ingest, read from the environment and checked once at start."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from shared.runtime.emf import NAMESPACE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shared.messages.envelope import GroupBy


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of ingest.

    Attributes:
        queue_url: URL of the FIFO queue of events (`QUEUE_URL`).
        secret_id: ARN or name of the secret with the signing secrets (`SECRET_ID`).
        message_key_id: ARN or name of the secret with the keys that sign messages (`MESSAGE_KEY_ID`).
        group_by: Which events share one message group, and are handled in order (`GROUP_BY`).
        region: AWS region of all three (`AWS_REGION`, which Lambda itself sets).
        metrics_namespace: The namespace of the metrics in CloudWatch (`METRICS_NAMESPACE`).
        full_queue: How many waiting events make the queue full; 0 for no limit (`FULL_QUEUE`).
    """

    queue_url: str
    secret_id: str
    message_key_id: str
    group_by: GroupBy
    region: str
    metrics_namespace: str = NAMESPACE
    full_queue: int = 0

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> Settings:
        """Settings read from environment variables.

        Raises:
            ValueError: A variable is missing or has no valid value; the message names it.
        """
        return cls(
            queue_url=_required(environ, "QUEUE_URL", "the URL of the FIFO queue of events"),
            secret_id=_required(environ, "SECRET_ID", "the ARN or name of the secret with the signing secrets"),
            message_key_id=_required(
                environ, "MESSAGE_KEY_ID", "the ARN or name of the secret with the keys that sign messages"
            ),
            group_by=_group_by(environ.get("GROUP_BY") or "account"),
            region=_required(environ, "AWS_REGION", "the AWS region of the queue and the secrets"),
            metrics_namespace=environ.get("METRICS_NAMESPACE") or NAMESPACE,
            full_queue=_count(environ, "FULL_QUEUE"),
        )


def _required(environ: Mapping[str, str], name: str, meaning: str) -> str:
    value = environ.get(name, "").strip()
    if not value:
        raise ValueError(f"The environment variable {name} is not set. Set it to {meaning}.")
    return value


def _count(environ: Mapping[str, str], name: str) -> int:
    value = environ.get(name) or "0"
    if not value.isdecimal():
        raise ValueError(f"The environment variable {name} is {value!r}. Set it to a number, or to 0 for no limit.")
    return int(value)


def _group_by(value: str) -> GroupBy:
    match value:
        case "account" | "customer":
            return value
        case _:
            raise ValueError(f"The environment variable GROUP_BY is {value!r}. Set it to account or customer.")
