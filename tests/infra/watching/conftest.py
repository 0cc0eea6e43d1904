"""What each function logs, metrics included, of requests and events of each fate."""

import io
import json
import sys
from typing import Any
from uuid import uuid4

import boto3
import pytest
from botocore.stub import Stubber
from moto import mock_aws

from functions.consumer.handler import make_handler
from functions.consumer.metrics import SERVICE
from functions.reconcile.hourly import Totals
from functions.reconcile.metrics import count
from shared.decision import Decision
from shared.effects import Publish, Scalar
from shared.errors import Permanent, Retryable
from shared.logger import make_logger
from tests.consumer.faults import Faults
from tests.consumer.tables import make_table
from tests.consumer.world import REGION, World, mail, sqs_record, stripe_event
from tests.exports.support import OBSTACLES, Exports
from tests.ingest.support import PAYMENT_FAILED, Ingest, sign, to_bytes

NAMESPACE = "Billhook/billhook"

type Lines = list[dict[str, Any]]


def announcement(name: str, **facts: Scalar) -> Publish:
    return Publish(id=name, name=name, at=1, account="acct_1", record="acct_1#pi_1/payment", version=1, facts=facts)


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
    with mock_aws(), pytest.MonkeyPatch.context() as patch:
        dynamodb, sqs = boto3.client("dynamodb", region_name=REGION), boto3.client("sqs", region_name=REGION)
        tables = make_table(dynamodb, "InboxTable"), make_table(dynamodb, "BooksTable")
        world = World.on(dynamodb, *tables, Faults(dynamodb, lambda _request: None))
        patch.setattr(world.outside, "send_mail", lambda _mail: "refused: MessageRejected")
        logger = make_logger(SERVICE + "-watched", log)

        def handle(event_id: str, message_id: str, **event: object) -> None:
            with Stubber(sqs) as queue:
                queue.add_response("change_message_visibility", {})
                record = sqs_record(stripe_event(event_id, **event), message_id)
                make_handler(world.consumer, sqs, "https://queue.example", logger, NAMESPACE)(
                    {"Records": [record]}, None
                )

        world.decide = lambda _event, _books: Decision(then=(*HAPPENED, mail()))
        handle("evt_done", "message-1", api_version="2099-01-01.unheard")
        handle("evt_done", "message-2")
        for number, error in enumerate((Retryable("rate_limit"), Permanent("no_handler"))):
            world.decide = _raising(error)
            handle(f"evt_{number}", f"message-{number}")
        world.ignore = "no handler for its type"
        handle("evt_ignored", "message-3")
        sqs.close()
        dynamodb.close()
    return [json.loads(line) for line in log.getvalue().splitlines()]


def _raising(error: Exception) -> Any:  # noqa: ANN401 - never returns
    def decide(*_: object) -> None:
        raise error

    return decide


@pytest.fixture
def ingest_lines(capsys: pytest.CaptureFixture[str]) -> Lines:
    """What ingest logs of a request of each fate."""
    body, ingest = to_bytes(PAYMENT_FAILED | {"account": "acct_1"}), Ingest()
    ingest.post(body)
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
def reconcile_lines(capsys: pytest.CaptureFixture[str]) -> Lines:
    """What reconcile logs of a run."""
    logger = make_logger(f"reconcile-{uuid4().hex}", sys.stdout)
    for missing in (0, 1):
        count(Totals(missing=missing), logger, NAMESPACE)
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]
