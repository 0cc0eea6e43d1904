"""ministack 1.5.33 runs one batch at a time from a FIFO queue: this patch allows MaximumConcurrency, as AWS does.

A message group still runs one batch at a time, because a receive skips groups that have a message in flight.
"""
# ruff: noqa: SLF001 -- a patch reaches into ministack's private parts; the version is pinned

from typing import Any

from ministack.services import lambda_svc


def _concurrency(
    mapping: dict[str, Any], function: dict[str, Any], config: dict[str, Any], _queue: object = None
) -> int:
    asked = (mapping.get("ScalingConfig") or {}).get("MaximumConcurrency")
    limit = int(asked or lambda_svc._ESM_SQS_DEFAULT_CONCURRENCY)  # a template's parameter comes as a string
    reserved: int | None = lambda_svc._reserved_concurrency(function, config)
    return limit if reserved is None else min(limit, reserved)


def apply() -> None:
    """Take the limit of a FIFO mapping from its ScalingConfig."""
    lambda_svc._sqs_esm_concurrency = _concurrency
