"""The composition root of the effects worker: the only place that makes its AWS clients."""

import random
import time
from collections.abc import Mapping

import boto3
from botocore.config import Config

from functions.effects.handler import Handler
from functions.effects.mails.chosen_words import origin
from functions.effects.mails.mailer import Mailer
from functions.effects.metrics import SERVICE
from functions.effects.perform.announcer import Bus
from functions.effects.perform.eraser import Eraser
from functions.effects.perform.export_links import ExportLinks
from functions.effects.perform.exporter import Exporter
from functions.effects.perform.hourly_limit import HourlyLimit
from functions.effects.perform.observer import Observer
from functions.effects.perform.refresher import Refresher
from functions.effects.perform.scheduler import Schedules, ScheduleTarget
from functions.effects.settings import policy_of, read_settings
from functions.effects.worker import Performers, Worker
from shared.inbox.handover import Handover
from shared.runtime.client_config import AWS_CONFIG
from shared.runtime.logger import make_logger
from shared.runtime.message_keys import KeySecret, MessageKeys
from shared.runtime.quiet import quieten
from shared.tables.books import DynamoBooks
from shared.tables.store import Store
from shared.values.tokens import Tokens

# SES has no idempotency key, so the SDK must not repeat a call whose answer is slow.
ONCE = AWS_CONFIG.merge(Config(read_timeout=10, retries={"mode": "standard", "total_max_attempts": 1}))


def build(environ: Mapping[str, str]) -> Handler:
    """The Lambda handler, with its AWS clients, for the settings in `environ`.

    Raises:
        pydantic.ValidationError: a setting is missing or wrong; the message names each.
    """
    quieten()
    settings = read_settings(environ)
    secrets, sqs = boto3.client("secretsmanager", config=AWS_CONFIG), boto3.client("sqs", config=AWS_CONFIG)
    s3 = boto3.client("s3", config=AWS_CONFIG)
    keys = MessageKeys(KeySecret(secrets, settings.message_key_id).fetch)
    token = Tokens(secrets, settings.token_key_id)
    store = Store(
        client=boto3.client("dynamodb", config=AWS_CONFIG),
        inbox=settings.inbox_table,
        books=settings.books_table,
        tombstones=settings.tombstones_table,
        access=settings.access_table,
        retention_days=settings.retention_days,
        lease=settings.lease_seconds,
        clock=time.time,
        token=token,
    )
    by_customer = settings.group_by == "customer"
    mailer = Mailer(
        boto3.client("sesv2", config=ONCE),
        settings.mail_sender,
        settings.business_name,
        settings.operator_address,
        frozenset(origin(url) for url in (settings.manage_url, settings.exports_url) if url),
        random.uniform,
        time.time,
    )
    target = ScheduleTarget(
        group=settings.schedule_group,
        queue_arn=settings.queue_arn,
        role_arn=settings.scheduler_role_arn,
        dlq_arn=settings.scheduler_dlq_arn,
        by_customer=by_customer,
        livemode=settings.livemode,
    )
    key_id, queue = settings.stripe_key_id, settings.queue_url
    performers = Performers(
        send_mail=mailer.send,
        set_reminder=Schedules(boto3.client("scheduler", config=AWS_CONFIG), target, keys, time.time).set,
        publish=Bus(boto3.client("events", config=AWS_CONFIG), settings.event_bus).publish,
        export=Exporter(store, s3, settings.exports_bucket, settings.export_link_hours).export,
        erase=Eraser(store, s3, settings.exports_bucket, time.sleep, random.uniform).step,
        observe=Observer(secrets, key_id, sqs, queue, keys, by_customer, settings.livemode, time.time).observe,
        count=HourlyLimit(store, settings.erasures_per_hour, random.uniform).take,
        link=ExportLinks(store, settings.exports_url).shown,
    )
    handover = Handover(sqs, {"effects": settings.effects_queue_url, "mails": settings.mails_queue_url})
    return Handler(
        worker=Worker(store, DynamoBooks(store, policy_of(settings)), performers, handover, random.uniform),
        refresher=Refresher(store, performers.observe),
        mailer=mailer,
        sqs=sqs,
        lanes={settings.effects_queue_arn: "effects", settings.mails_queue_arn: "mails"},
        urls=handover.urls,
        logger=make_logger(SERVICE),
        namespace=settings.metrics_namespace,
    )
