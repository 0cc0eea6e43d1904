"""The composition root of ingest: the only place that makes AWS clients."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, cast

import botocore.session
from botocore.config import Config

from functions.ingest.aws import queue_sender, secret_fetcher
from functions.ingest.handler import make_handler
from functions.ingest.settings import Settings
from functions.ingest.signing_secrets import SigningSecrets
from shared.runtime.quiet import quieten

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_sqs import SQSClient

    from functions.ingest.handler import Handler


def build(environ: Mapping[str, str]) -> Handler:
    """The Lambda handler, with its AWS clients.

    They are botocore's own: boto3 would add its imports to each cold start, and nothing that is used here.

    Args:
        environ: The environment variables that `Settings` names. Credentials are found by botocore.

    Raises:
        ValueError: A setting is missing or invalid.
    """
    quieten()
    settings = Settings.from_environ(environ)
    session = botocore.session.get_session()
    # The slowest request, with a fetch of the secrets before the message, must end before Lambda's time-out
    # does: 2 calls of 2 attempts of 4 seconds. A second attempt is safe, since the queue deduplicates. botocore would
    # put a long User-Agent together twice for each call, which takes a tenth of the call's processor time.
    config = Config(
        connect_timeout=1,
        read_timeout=3,
        retries={"total_max_attempts": 2, "mode": "standard"},
        tcp_keepalive=True,
        user_agent="billhook",
    )
    sqs = session.create_client("sqs", region_name=settings.region, config=config)
    secrets_manager = session.create_client("secretsmanager", region_name=settings.region, config=config)
    return make_handler(
        settings,
        SigningSecrets(secret_fetcher(cast("SecretsManagerClient", secrets_manager), settings.secret_id)),
        queue_sender(cast("SQSClient", sqs)),
        time.time,
    )
