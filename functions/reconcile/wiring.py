"""The composition root of reconcile: the only place that makes AWS clients."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config

from functions.reconcile.backlog import Backlog, messages_at_work
from functions.reconcile.cursors import Cursors
from functions.reconcile.handler import Handler
from functions.reconcile.hourly import Run
from functions.reconcile.inbox import Inbox
from functions.reconcile.metrics import SERVICE
from functions.reconcile.offer import Offerer, OfferLog
from functions.reconcile.overdue import Overdue, UnfinishedEvents, hand_over_again
from functions.reconcile.reconcile import Reconciler
from functions.reconcile.settings import Settings
from functions.reconcile.stripe_api import StripeApi, connect
from shared.inbox.handover import Handover
from shared.runtime.logger import make_logger
from shared.runtime.message_keys import KeySecret, MessageKeys
from shared.runtime.quiet import quieten

if TYPE_CHECKING:
    from aws_lambda_powertools import Logger
    from mypy_boto3_dynamodb.client import DynamoDBClient
    from mypy_boto3_secretsmanager.client import SecretsManagerClient
    from mypy_boto3_sqs.client import SQSClient

    from shared.inbox.lanes import Lane

AWS_CONFIG = Config(connect_timeout=2, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 3})


@dataclass(frozen=True)
class Parts:
    """The clients of reconcile, and the parts of its handler that need them. `sleep` pauses for so many seconds."""

    settings: Settings
    dynamodb: "DynamoDBClient"
    sqs: "SQSClient"
    secrets: "SecretsManagerClient"
    logger: "Logger"
    sleep: Callable[[float], None]

    def fetch_key(self) -> str:
        """Stripe's API key, fetched each hour: storing, rolling or removing one needs no deployment."""
        return self.secrets.get_secret_value(SecretId=self.settings.stripe_key_id).get("SecretString", "")

    def prepare(self, key: str, seconds_left: Callable[[], float]) -> Run:
        """A run with Stripe's API key `key`."""
        settings = self.settings
        stripe = StripeApi(connect(key, settings.stripe_api), self.sleep)
        inbox = Inbox(self.dynamodb, settings.inbox_table, self.sleep)
        keys = MessageKeys(KeySecret(self.secrets, settings.message_key_id).fetch)
        offerer = Offerer(self.sqs, settings.queue_url, settings.group_by, keys, OfferLog(self.logger).write)
        backlog = Backlog(self.sqs, settings.queue_url)
        backlog.may_hold_events()  # before the run's own offers are in the queue
        cursors = Cursors(self.dynamodb, settings.books_table)
        return Run(
            reconciler=Reconciler(stripe, inbox.lacks, offerer.offer, backlog.may_hold_events, offerer.group),
            connected=stripe.connected,
            cursors=cursors.read,
            move=cursors.move,
            forget=cursors.forget,
            logger=self.logger,
            now=int(time.time()),
            seconds_left=seconds_left,
        )

    def hand_over(self, seconds_left: Callable[[], float]) -> Overdue:
        """Hand over again what is overdue, in the first half of the run."""
        urls: dict[Lane, str] = {"effects": self.settings.effects_queue_url, "mails": self.settings.mails_queue_url}
        unfinished = UnfinishedEvents(self.dynamodb, self.settings.inbox_table)
        held = {lane: messages_at_work(self.sqs, url) for lane, url in urls.items()}
        half = seconds_left() / 2
        return hand_over_again(
            unfinished, Handover(self.sqs, urls), int(time.time()), held=held, in_time=lambda: seconds_left() > half
        )


def build(environ: Mapping[str, str], sleep: Callable[[float], None] = time.sleep) -> Handler:
    """The Lambda handler, with its AWS clients.

    Args:
        environ: The environment variables that `Settings` names.
        sleep: Pauses for so many seconds.

    Raises:
        ValueError: A setting is missing or invalid.
    """
    quieten()
    settings = Settings.from_environ(environ)
    logger = make_logger(SERVICE)
    dynamodb = boto3.client("dynamodb", config=AWS_CONFIG)
    sqs = boto3.client("sqs", config=AWS_CONFIG)
    secrets = boto3.client("secretsmanager", config=AWS_CONFIG)
    parts = Parts(settings, dynamodb, sqs, secrets, logger, sleep)
    return Handler(
        parts.fetch_key, parts.prepare, parts.hand_over, logger, settings.metrics_namespace, settings.livemode
    )
