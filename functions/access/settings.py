"""The settings of access, read from the environment and checked once at start."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from shared.runtime.emf import NAMESPACE

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of access.

    Attributes:
        table: Name of the table of access items (`ACCESS_TABLE`).
        tokens_id: The secret with the tokens of the apps that may ask (`TOKENS_ID`).
        region: AWS region of both (`AWS_REGION`, which Lambda itself sets).
        metrics_namespace: The namespace of the metrics in CloudWatch (`METRICS_NAMESPACE`).
    """

    table: str
    tokens_id: str
    region: str
    metrics_namespace: str = NAMESPACE

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> Settings:
        """Settings read from environment variables.

        Raises:
            ValueError: A variable is missing; the message names it.
        """
        return cls(
            table=_required(environ, "ACCESS_TABLE", "the name of the table of access items"),
            tokens_id=_required(environ, "TOKENS_ID", "the id of the secret with the tokens"),
            region=_required(environ, "AWS_REGION", "the AWS region of the table"),
            metrics_namespace=environ.get("METRICS_NAMESPACE") or NAMESPACE,
        )


def _required(environ: Mapping[str, str], name: str, meaning: str) -> str:
    value = environ.get(name, "").strip()
    if not value:
        raise ValueError(f"The environment variable {name} is not set. Set it to {meaning}.")
    return value
