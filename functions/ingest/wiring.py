"""The composition root of ingest: the only place that makes AWS clients."""

from __future__ import annotations

import logging
import time
from functools import partial
from typing import TYPE_CHECKING, cast

import botocore.session
from botocore.config import Config

from functions.ingest.admission import Admission
from functions.ingest.aws import EventsQueue, StoredSecret
from functions.ingest.handler import Handler
from functions.ingest.settings import Settings
from functions.ingest.signing_secrets import SigningSecrets
from shared.runtime.message_keys import MessageKeys
from shared.runtime.quiet import quieten

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_sqs import SQSClient


def build(environ: Mapping[str, str]) -> Handler:
    """The Lambda handler, with its AWS clients.

    The clients are botocore's: boto3 would only make each cold start slower.

    Args:
        environ: The environment variables that `Settings` names. botocore finds the credentials.

    Raises:
        ValueError: A setting is missing or invalid.
    """
    quieten(logging.WARNING)
    settings = Settings.from_environ(environ)
    session = botocore.session.get_session()
    # The slowest request fetches two secrets and sends the message: 3 calls of 2 attempts of 4 seconds. A slow one does
    # not ask for the queue's size (PATIENCE in handler.py). It must end
    # before Lambda's time-out. A second attempt is safe, because the queue deduplicates. The fixed User-Agent saves a
    # tenth of each call's processor time: botocore would build a long one, twice a call.
    config = Config(
        connect_timeout=1,
        read_timeout=3,
        retries={"total_max_attempts": 2, "mode": "standard"},
        tcp_keepalive=True,
        user_agent="billhook",
    )
    sqs = session.create_client("sqs", region_name=settings.region, config=config)
    secrets_manager = cast(
        "SecretsManagerClient", session.create_client("secretsmanager", region_name=settings.region, config=config)
    )
    secrets = SigningSecrets(StoredSecret(secrets_manager, settings.secret_id).fetch)
    keys = MessageKeys(StoredSecret(secrets_manager, settings.message_key_id).fetch)
    queue = EventsQueue(cast("SQSClient", sqs))
    admission = Admission(partial(queue.waiting, settings.queue_url), settings.full_queue)
    return Handler(settings, secrets, keys, queue.send, admission.check, time.time)
