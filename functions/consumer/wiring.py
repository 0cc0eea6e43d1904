"""The consumer's composition root: the only place where its clients are made, once, and handed on."""

import logging
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

import boto3
from botocore.config import Config

from functions.consumer.books import DynamoBooks
from functions.consumer.bus import announcer
from functions.consumer.consumer import Consumer
from functions.consumer.decide import decide
from functions.consumer.eraser import eraser
from functions.consumer.exporter import exporter
from functions.consumer.handler import Handler, make_handler
from functions.consumer.look import looker
from functions.consumer.mailer import mailer
from functions.consumer.metrics import SERVICE
from functions.consumer.overtaken import overtaken
from functions.consumer.perform import Performers
from functions.consumer.reminders import ScheduleTarget, reminders
from functions.consumer.routes import ignorer
from functions.consumer.settings import policy_of, read_settings
from functions.consumer.store import Store
from functions.consumer.stripe_api import contact_asker
from functions.consumer.tokens import link_maker, tokens
from shared.logger import make_logger

# A call that hangs must fail within the function's 30 seconds, so that the failure can be recorded. botocore would put
# a long User-Agent together twice for each call, which takes a tenth of the call's processor time, and would check each
# call's parameters, which takes a fourteenth: mypy and the tests, which leave that check on, have done so before.
PATIENCE = Config(
    connect_timeout=2,
    read_timeout=5,
    retries={"mode": "standard", "total_max_attempts": 3},
    user_agent="billhook",
    parameter_validation=False,
)
# SES has no idempotency key: the SDK must not send a mail again because an answer was slow.
ONCE = PATIENCE.merge(Config(read_timeout=10, retries={"mode": "standard", "total_max_attempts": 1}))

THREADS = 4
"""Beside our own, that effects are performed in: an event has hardly ever more than a reminder, announcements
and a mail."""


def build(environ: Mapping[str, str]) -> Handler:
    """The handler, with all that it needs, as `environ` asks for.

    Raises:
        pydantic.ValidationError: names each setting that is missing or wrong.
    """
    settings = read_settings(environ)
    store = Store(
        client=boto3.client("dynamodb", config=PATIENCE),
        inbox=settings.inbox_table,
        books=settings.books_table,
        retention_days=settings.retention_days,
        lease=settings.lease_seconds,
        clock=time.time,
    )
    target = ScheduleTarget(
        group=settings.schedule_group,
        queue_arn=settings.queue_arn,
        role_arn=settings.scheduler_role_arn,
        dlq_arn=settings.scheduler_dlq_arn,
        by_customer=settings.group_by == "customer",
        livemode=settings.livemode,
    )
    secrets = boto3.client("secretsmanager", config=PATIENCE)
    token = tokens(secrets, settings.token_key_id)
    s3 = boto3.client("s3", config=PATIENCE)
    books = DynamoBooks(store, policy_of(settings), token, contact_asker(secrets, settings.stripe_key_id))
    consumer = Consumer(
        store=store,
        books=books,
        look=looker(store, books),
        performers=Performers(
            overtaken=lambda mail: overtaken(mail, books),
            send_mail=mailer(
                boto3.client("sesv2", config=ONCE),
                settings.mail_sender,
                settings.business_name,
                settings.operator_address,
                link_maker(settings.exports_url, token),
            ),
            export=exporter(store, s3, settings.exports_bucket, token),
            erase=eraser(store, s3, settings.exports_bucket, token),
            publish=announcer(boto3.client("events", config=PATIENCE), settings.event_bus),
            set_reminder=reminders(boto3.client("scheduler", config=PATIENCE), target, time.time),
            begin=ThreadPoolExecutor(THREADS).submit,
        ),
        decide=decide,
        ignore=ignorer(livemode=settings.livemode),
    )
    # The SDK's lines at this level quote whole requests: no setting turns them on, and it need not ask for each.
    logging.disable(logging.DEBUG)
    logger = make_logger(SERVICE)
    return make_handler(
        consumer, boto3.client("sqs", config=PATIENCE), settings.queue_url, logger, settings.metrics_namespace
    )
