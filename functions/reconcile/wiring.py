"""The composition root of reconcile: the only place that makes AWS clients."""

import time
from collections.abc import Callable, Mapping

import boto3
from botocore.config import Config

from functions.reconcile.backlog import Backlog
from functions.reconcile.cursors import cursors, forgetter, mover
from functions.reconcile.handler import Handler, Parts, make_handler, sayer
from functions.reconcile.hourly import Run
from functions.reconcile.inbox import inbox
from functions.reconcile.metrics import SERVICE, count
from functions.reconcile.offer import offerer
from functions.reconcile.overdue import Inbox, hand_over_again
from functions.reconcile.reconcile import Reconciler
from functions.reconcile.settings import Settings
from functions.reconcile.stripe_api import StripeApi, connect
from shared.inbox.handover import Handover
from shared.runtime.logger import make_logger
from shared.runtime.quiet import quieten

PATIENCE = Config(connect_timeout=2, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 3})


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
    dynamodb = boto3.client("dynamodb", config=PATIENCE)
    sqs = boto3.client("sqs", config=PATIENCE)
    secrets = boto3.client("secretsmanager", config=PATIENCE)
    handover = Handover(sqs, {"effects": settings.effects_queue_url, "mails": settings.mails_queue_url})
    logger = make_logger(SERVICE)

    def prepare(key: str, seconds_left: Callable[[], float]) -> Run:
        stripe = StripeApi(connect(key, settings.stripe_api), sleep)
        unknown = inbox(dynamodb, settings.inbox_table, sleep)
        offer = offerer(sqs, settings.queue_url, settings.group_by, sayer(logger))
        backlog = Backlog(sqs, settings.queue_url)
        backlog.may_hold_events()  # before the run's own offers are in the queue
        return Run(
            reconciler=Reconciler(stripe, unknown, offer, backlog.may_hold_events),
            connected=stripe.connected,
            cursors=cursors(dynamodb, settings.books_table),
            move=mover(dynamodb, settings.books_table),
            forget=forgetter(dynamodb, settings.books_table),
            logger=logger,
            now=int(time.time()),
            seconds_left=seconds_left,
        )

    parts = Parts(
        # Fetched each hour: a key that is put in, rolled or taken away needs no deploy.
        fetch_key=lambda: secrets.get_secret_value(SecretId=settings.stripe_key_id).get("SecretString", ""),
        prepare=prepare,
        hand_over=lambda: hand_over_again(Inbox(dynamodb, settings.inbox_table), handover, int(time.time())),
        count=lambda totals: count(totals, logger, settings.metrics_namespace),
    )
    return make_handler(parts, logger, livemode=settings.livemode)
