"""The settings of access, read from the environment and checked once at start."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from shared.runtime.emf import NAMESPACE
from shared.runtime.environment import required

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of access.

    Attributes:
        table: Name of the table of access items (`ACCESS_TABLE`).
        tokens_id: The secret with the tokens of the apps that may ask (`TOKENS_ID`).
        effects_queue_url: The queue of the worker that looks at Stripe (`EFFECTS_QUEUE_URL`).
        region: AWS region of all three (`AWS_REGION`, which Lambda itself sets).
        longest_wait: The longest wait for the outcome of a Checkout session, in seconds (`LONGEST_WAIT`).
        metrics_namespace: The namespace of the metrics in CloudWatch (`METRICS_NAMESPACE`).
    """

    table: str
    tokens_id: str
    effects_queue_url: str
    region: str
    longest_wait: float = 0
    metrics_namespace: str = NAMESPACE

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> Settings:
        """Settings read from environment variables.

        Raises:
            ValueError: A variable is missing, and the message names it; or `LONGEST_WAIT` is no number.
        """
        return cls(
            table=required(environ, "ACCESS_TABLE", "the name of the table of access items"),
            tokens_id=required(environ, "TOKENS_ID", "the id of the secret with the tokens"),
            effects_queue_url=required(environ, "EFFECTS_QUEUE_URL", "the URL of the queue of effects"),
            region=required(environ, "AWS_REGION", "the AWS region of the table"),
            longest_wait=float(environ.get("LONGEST_WAIT") or 0),
            metrics_namespace=environ.get("METRICS_NAMESPACE") or NAMESPACE,
        )
