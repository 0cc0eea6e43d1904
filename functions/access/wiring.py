"""The composition root of access: the only place that makes AWS clients."""

from __future__ import annotations

import logging
import time
from functools import cache, partial
from typing import TYPE_CHECKING, cast

import botocore.session
from botocore.config import Config

from functions.access.aws import AccessTable, EffectsQueue, StoredTokens
from functions.access.checkout import Checkout
from functions.access.default_plan import default_plan
from functions.access.handler import Handler
from functions.access.settings import Settings
from functions.access.tokens import Tokens
from shared.runtime.quiet import quieten

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_sqs import SQSClient


def build(environ: Mapping[str, str]) -> Handler:
    """The Lambda handler, with its AWS clients.

    The clients are botocore's: boto3 would only make each cold start slower.

    Args:
        environ: The environment variables that `Settings` names. botocore finds the credentials.

    Raises:
        ValueError: A setting is missing.
    """
    quieten(logging.CRITICAL + 1)  # their warnings may quote a request, which names a customer
    settings = Settings.from_environ(environ)
    session = botocore.session.get_session()
    # An app waits, so there are 2 attempts of 2 seconds. The fixed User-Agent saves a tenth of each call's processor
    # time: botocore would build a long one, twice a call.
    config = Config(
        connect_timeout=1,
        read_timeout=1,
        retries={"total_max_attempts": 2, "mode": "standard"},
        tcp_keepalive=True,
        user_agent="billhook",
    )
    dynamodb = session.create_client("dynamodb", region_name=settings.region, config=config)
    secrets = session.create_client("secretsmanager", region_name=settings.region, config=config)
    tokens = Tokens(StoredTokens(cast("SecretsManagerClient", secrets), settings.tokens_id).fetch)
    table = AccessTable(cast("DynamoDBClient", dynamodb), settings.table)
    sqs = cache(partial(session.create_client, "sqs", region_name=settings.region, config=config))
    refreshes = EffectsQueue(cast("Callable[[], SQSClient]", sqs), settings.effects_queue_url)
    checkout = Checkout(table, time.time, time.sleep, settings.longest_wait, refreshes)
    return Handler(tokens, table, checkout, default_plan, time.time, settings.metrics_namespace)
