"""The consumer's composition root: the only place where its clients are made, once, and handed on."""

import time
from collections.abc import Mapping

import boto3

from functions.consumer.decide.decide import decide
from functions.consumer.dependencies import Dependencies
from functions.consumer.handler import LambdaHandler
from functions.consumer.metrics import SERVICE
from functions.consumer.prefetch.prefetch import Prefetch
from functions.consumer.routes import Ignore
from functions.consumer.settings import accepts_unsigned_until, policy_of, read_settings
from functions.consumer.verify import Verifier
from shared.inbox.handover import Handover
from shared.runtime.client_config import AWS_CONFIG
from shared.runtime.logger import make_logger
from shared.runtime.message_keys import KeySecret, MessageKeys
from shared.runtime.quiet import quieten
from shared.tables.books import DynamoBooks
from shared.tables.store import Store
from shared.values.tokens import Tokens


def build(environ: Mapping[str, str]) -> LambdaHandler:
    """The handler, with all that it needs, as `environ` asks for.

    Raises:
        pydantic.ValidationError: names each setting that is missing or wrong.
    """
    quieten()
    settings = read_settings(environ)
    secrets = boto3.client("secretsmanager", config=AWS_CONFIG)
    store = Store(
        client=boto3.client("dynamodb", config=AWS_CONFIG),
        inbox=settings.inbox_table,
        books=settings.books_table,
        tombstones=settings.tombstones_table,
        access=settings.access_table,
        retention_days=settings.retention_days,
        lease=settings.lease_seconds,
        clock=time.time,
        token=Tokens(secrets, settings.token_key_id),
    )
    sqs = boto3.client("sqs", config=AWS_CONFIG)
    keys = MessageKeys(KeySecret(secrets, settings.message_key_id).fetch)
    books = DynamoBooks(store, policy_of(settings))
    deps = Dependencies(
        store=store,
        verifier=Verifier(keys, store, accepts_unsigned_until(settings)),
        books=books,
        prefetch=Prefetch(store, books),
        handover=Handover(sqs, {"effects": settings.effects_queue_url, "mails": settings.mails_queue_url}),
        decide=decide,
        ignore=Ignore(livemode=settings.livemode, bound=settings.endpoint_binding == "enforce"),
    )
    logger = make_logger(SERVICE)
    return LambdaHandler(deps, sqs, settings.queue_url, logger, settings.metrics_namespace)
