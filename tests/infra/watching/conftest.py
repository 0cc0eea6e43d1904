"""What each function logs, metrics included, of requests and events of each fate."""

import io
import json
import sys
from typing import Any
from uuid import uuid4

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber
from moto import mock_aws

from functions.access.problem import ProblemError
from functions.consumer.handler import LambdaHandler
from functions.consumer.metrics import SERVICE
from functions.effects.metrics import LATE
from functions.reconcile.hourly import Totals
from functions.reconcile.metrics import OLD, count
from shared.decisions.decision import Decision
from shared.effects.announcement import Announcement
from shared.effects.effect import Effect
from shared.effects.email import Email
from shared.effects.erasure import Export
from shared.failures.errors import OverLimit, Permanent, Retryable
from shared.inbox.lanes import LANES
from shared.runtime.logger import make_logger
from shared.values.frozen import Scalar
from shared.values.times import DAY
from tests.access.support import Access
from tests.consumer.examples import REGION, mail, reminder, sqs_record, stripe_event
from tests.consumer.faults import Faults
from tests.consumer.tables import make_tables
from tests.consumer.world import World
from tests.effects.invoking import Context, Lambda
from tests.effects.owed_effects import owe
from tests.effects.records import record
from tests.effects.ses import QUOTA, refusal
from tests.exports.support import OBSTACLES, Exports
from tests.ingest.support import PAYMENT_FAILED, Ingest, sign, to_bytes
from tests.support.mails import FULL

NAMESPACE = "Billhook/billhook"
RECEIPT = FULL["receipt"]

FORBIDDEN: Any = {
    "Error": {"Code": "AccessDeniedException", "Message": "not for you"},
    "ResponseMetadata": {"HTTPStatusCode": 400},
}
LATER = max(LATE.values()) + 1
"""Seconds after which a lane of either kind is owed for too long."""

type Lines = list[dict[str, Any]]


def announcement(name: str, **facts: Scalar) -> Announcement:
    return Announcement(
        id=name, name=name, at=1, account="acct_1", record="acct_1#pi_1/payment", version=1, facts=facts
    )


HAPPENED = (
    announcement("payment.succeeded", amount_received=2900, currency="usd"),
    announcement("organization.access_granted"),
    announcement("organization.plan_changed"),
    announcement("organization.access_revoked"),
)


@pytest.fixture(scope="session")
def consumer_lines() -> Lines:
    """What the consumer logs of an event of each fate."""
    log = io.StringIO()
    with mock_aws():
        dynamodb, sqs = boto3.client("dynamodb", region_name=REGION), boto3.client("sqs", region_name=REGION)
        world = World.on(dynamodb, make_tables(dynamodb), Faults(dynamodb, lambda _request: None))
        logger = make_logger(SERVICE + "-watched", log)

        def handle(event_id: str, message_id: str, *, signed: bool = True, **event: object) -> None:
            with Stubber(sqs) as queue:
                queue.add_response("change_message_visibility", {})
                record = sqs_record(stripe_event(event_id, **event), message_id)
                record["messageAttributes"] = record["messageAttributes"] if signed else {}
                LambdaHandler(world.consumer, sqs, "https://queue.example", logger, NAMESPACE)(
                    {"Records": [record]}, None
                )

        world.decide = lambda _event, _books: Decision(then=(*HAPPENED, mail()))
        handle("evt_owes", "message-1", api_version="2099-01-01.unheard")
        world.decide = lambda _event, _books: Decision()
        handle("evt_done", "message-2")
        handle("evt_done", "message-3")
        troubles = Retryable("rate_limit"), Permanent("no_handler"), ClientError(FORBIDDEN, "GetItem")
        for number, error in enumerate(troubles):
            world.decide = _raising(error)
            handle(f"evt_{number}", f"message-{number}")
        world.ignore = "no handler for its type"
        handle("evt_ignored", "message-4")
        handle("evt_planted", "message-5", signed=False)
        sqs.close()
        dynamodb.close()
    return [json.loads(line) for line in log.getvalue().splitlines()]


@pytest.fixture(scope="session")
def effects_lines() -> Lines:
    """What the effects worker logs of a lane of each fate."""
    with mock_aws():
        dynamodb, sqs = boto3.client("dynamodb", region_name=REGION), boto3.client("sqs", region_name=REGION)
        world = World.on(dynamodb, make_tables(dynamodb), Faults(dynamodb, lambda _request: None))
        with Stubber(sqs) as queue:
            worker = Lambda(world, sqs, queue)
            for number, error in enumerate((None, ClientError(FORBIDDEN, "CreateSchedule"), Permanent("never"))):
                world.services.reminder_errors = [error]
                _performed(worker, f"evt_{number}", reminder())
            world.services.limit_errors = [OverLimit("exports_an_hour", 60)]
            _performed(worker, "evt_over", Export(account="acct_1", customer="cus_1"))
            ses = refusal("MessageRejected"), refusal("BadRequestException"), None, refusal(*QUOTA)
            for number, trouble in enumerate(ses):
                worker.ses.errors = [trouble]
                _performed(worker, f"evt_mail{number}", mail(f"mail{number}").model_copy(update={"data": RECEIPT}))
            _performed(worker, "evt_rests", mail("rests"))
            owe(world, reminder("in_9"), mail("late"), event_id="evt_late")
            world.clock.now += LATER
            for lane in LANES:
                queue.add_response("change_message_visibility", {})
                world.services.reminder_errors = [Retryable("rate_limit")]
                worker.ses.errors = [refusal(*QUOTA)]
                worker.handler({"Records": [record(lane, "evt_late")]}, Context())
            world.clock.now += 3 * DAY
            worker.handler({"Records": [record("mails", "evt_mail3")]}, Context())
        sqs.close()
        dynamodb.close()
    return worker.lines()


def _performed(worker: Lambda, event_id: str, effect: Effect) -> None:
    """One attempt at an event that owes one effect."""
    owe(worker.world, effect, event_id=event_id)
    worker.queue.add_response("change_message_visibility", {})
    worker.handler({"Records": [record("mails" if isinstance(effect, Email) else "effects", event_id)]}, Context())


def _raising(error: Exception) -> Any:  # noqa: ANN401 - never returns
    def decide(*_: object) -> None:
        raise error

    return decide


@pytest.fixture
def ingest_lines(capsys: pytest.CaptureFixture[str]) -> Lines:
    """What ingest logs of a request of each fate."""
    body, ingest = to_bytes(PAYMENT_FAILED), Ingest()
    ingest.post(body)
    ingest.post(to_bytes(PAYMENT_FAILED | {"account": "acct_1"}))
    ingest.post(body, sign(body, "whsec_wrong"))
    ingest.queue_accepts = False
    ingest.post(body)
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


@pytest.fixture
def exports_lines(capsys: pytest.CaptureFixture[str]) -> Lines:
    """What exports logs of a request of each fate."""
    exports = Exports()
    exports.get()
    exports.refusal = OBSTACLES[503]
    exports.get()
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


@pytest.fixture
def answer_lines(exports_lines: Lines, capsys: pytest.CaptureFixture[str]) -> Lines:
    """What the two functions log that answer people and apps: exports, and access of a request of each fate."""
    access = Access()
    access.ask("cus_1")
    access.ask("cus_1", token=None)
    access.came_of()
    access.trouble = ProblemError(503, "table_unavailable", "Try again.", "GetItem: InternalServerError")
    access.ask("cus_1")
    return [*exports_lines, *(json.loads(line) for line in capsys.readouterr().out.splitlines())]


@pytest.fixture
def reconcile_lines(capsys: pytest.CaptureFixture[str]) -> Lines:
    """What reconcile logs of a run."""
    logger = make_logger(f"reconcile-{uuid4().hex}", sys.stdout)
    for totals in (Totals(), Totals(missing=1), Totals(dead_mails_s=OLD + 1)):
        count(totals, logger, NAMESPACE)
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]
