"""The settings of exports, read from the environment and checked once at start."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from shared.runtime.emf import NAMESPACE
from shared.runtime.environment import required

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of exports.

    Attributes:
        bucket: Name of the bucket that holds the files (`BUCKET`).
        region: AWS region of the bucket (`AWS_REGION`, which Lambda itself sets).
        metrics_namespace: The namespace of the metrics in CloudWatch (`METRICS_NAMESPACE`).
    """

    bucket: str
    region: str
    metrics_namespace: str = NAMESPACE

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> Settings:
        """Settings read from environment variables.

        Raises:
            ValueError: A variable is missing; the message names it.
        """
        return cls(
            bucket=required(environ, "BUCKET", "the name of the bucket that holds the exports"),
            region=required(environ, "AWS_REGION", "the AWS region of the bucket"),
            metrics_namespace=environ.get("METRICS_NAMESPACE") or NAMESPACE,
        )
