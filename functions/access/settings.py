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
            table=required(environ, "ACCESS_TABLE", "the name of the table of access items"),
            tokens_id=required(environ, "TOKENS_ID", "the id of the secret with the tokens"),
            region=required(environ, "AWS_REGION", "the AWS region of the table"),
            metrics_namespace=environ.get("METRICS_NAMESPACE") or NAMESPACE,
        )
