"""Each package runs under Lambda's real runtime, with nothing else importable, and takes every sample event."""

import hashlib
import json
import os
import secrets
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cli.local import env
from cli.local.stack import Stack
from cli.samples import samples
from cli.samples.signed import http_api_event
from cli.samples.wrap import SQS, sqs_event
from shared.inbox.lanes import LANES, Lane
from tests.cloud.conftest import BUILT, SECRET
from tests.cloud.packaging.conftest import Environs, Run
from tests.cloud.packaging.rie import PYTHON, Function, running
from tests.effects.records import record

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client
    from mypy_boto3_sqs.client import SQSClient

ROOT = Path(__file__).parents[3]
TAKEN: dict[str, object] = {"batchItemFailures": []}


@dataclass(frozen=True)
class Queue:
    """A queue that nobody else reads."""

    sqs: "SQSClient"
    url: str

    def drain(self) -> list[str]:
        """All bodies, in their order, and no message stays."""
        bodies = []
        while messages := self.sqs.receive_message(QueueUrl=self.url, MaxNumberOfMessages=10).get("Messages"):
            for message in messages:
                bodies.append(message["Body"])
                self.sqs.delete_message(QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"])
        return bodies


@pytest.fixture(scope="module")
def queue(stack: Stack) -> Queue:
    sqs: SQSClient = stack.cloud.client("sqs")
    made = sqs.create_queue(QueueName="packaging.fifo", Attributes={"FifoQueue": "true"})
    return Queue(sqs, made["QueueUrl"])


@pytest.fixture(scope="module")
def owed(stack: Stack) -> Mapping[Lane, Queue]:
    """A queue for each lane that the stack's own worker does not read."""
    sqs: SQSClient = stack.cloud.client("sqs")
    return {lane: Queue(sqs, sqs.create_queue(QueueName=f"packaging-{lane}")["QueueUrl"]) for lane in LANES}


@pytest.fixture(scope="module")
def ingest(run: Run, queue: Queue) -> Iterator[Function]:
    with run("IngestFunction", QUEUE_URL=queue.url) as function:
        yield function


@pytest.fixture(scope="module")
def consumer(run: Run) -> Iterator[Function]:
    with run("ConsumerFunction") as function:
        yield function


@pytest.fixture(scope="module")
def exports(run: Run) -> Iterator[Function]:
    with run("ExportsFunction") as function:
        yield function


def link(token: str) -> dict[str, object]:
    return {"version": "2.0", "rawPath": f"/exports/{token}", "headers": {}, "pathParameters": {"token": token}}


def test_nothing_is_importable_beside_a_package_but_amazons_runtime_client() -> None:
    installed = {path.name.partition("-")[0] for path in PYTHON.parents[1].rglob("*.dist-info")}
    assert installed == {"awslambdaric", "simplejson", "snapshot_restore_py"}


def test_a_package_that_lacks_one_module_does_not_start(environs: Environs, tmp_path: Path) -> None:
    package = tmp_path / "package"
    shutil.copytree(BUILT.parent / "IngestFunction", package, ignore=shutil.ignore_patterns("internal_types*"))
    environ = environs["IngestFunction"]

    with running(package, environ["AWS_LAMBDA_FUNCTION_HANDLER"], environ) as function:
        answer = function.invoke({})

    assert answer["errorType"] == "Runtime.ImportModuleError"
    assert "shared.messages.internal_types" in answer["errorMessage"]


@pytest.mark.parametrize("name", sorted(path.name for path in (ROOT / "functions").iterdir() if path.is_dir()))
def test_no_file_of_ours_is_missing_from_a_package(name: str) -> None:
    package = BUILT.parent / f"{name.capitalize()}Function"
    ours = [path for folder in (f"functions/{name}", "shared") for path in (ROOT / folder).rglob("*") if path.is_file()]
    wanted = [path.relative_to(ROOT) for path in ours if path.suffix != ".pyc" and path.name != "requirements.txt"]

    assert [str(path) for path in wanted if not (package / path).is_file()] == []
    assert [str(path) for path in wanted if (package / path).read_bytes() != (ROOT / path).read_bytes()] == []


def test_the_env_file_points_every_function_at_the_cloud_outside_its_container(stack: Stack, env_file: Path) -> None:
    settings = json.loads(env_file.read_text())
    assert {name for name in settings if not (BUILT.parent / name).is_dir()} == set()
    port = stack.cloud.port
    assert {one["AWS_ENDPOINT_URL"] for one in settings.values()} == {f"http://{env.FROM_DOCKER}:{port}"}


def test_sam_local_hands_on_every_setting_of_the_env_file(env_file: Path, environs: Environs) -> None:
    wanted = json.loads(env_file.read_text().replace(env.FROM_DOCKER, "127.0.0.1"))
    assert {name: environ | wanted[name] for name, environ in environs.items()} == environs


def test_the_consumer_takes_every_event_of_events_sqs(stack: Stack, consumer: Function) -> None:
    events = {path.stem: json.loads(path.read_text()) for path in sorted(SQS.glob("*.json"))}

    answers = {name: consumer.invoke(event) for name, event in events.items()}

    ids = {name: json.loads(event["Records"][0]["body"])["id"] for name, event in events.items()}
    assert {name: answer for name, answer in answers.items() if answer != TAKEN} == {}
    assert {stack.settled(event_id)["state"] for event_id in ids.values()} == {"done"}


def test_the_worker_performs_what_the_consumer_hands_over(
    stack: Stack, run: Run, environs: Environs, owed: Mapping[Lane, Queue], account: str
) -> None:
    events = [
        samples.fresh(name, stack.now(), account=account)
        for name in ("customer.subscription.created", "invoice.payment_failed", "customer.deleted")
    ]
    queues = {f"{lane.upper()}_QUEUE_URL": queue.url for lane, queue in owed.items()}
    with run("ConsumerFunction", **queues) as consumer:
        assert [consumer.invoke(sqs_event(event)) for event in events] == [TAKEN] * len(events)
    told = [(lane, json.loads(body)["event"]) for lane, queue in owed.items() for body in queue.drain()]
    assert {event_id for _, event_id in told} == {event["id"] for event in events}

    with run("EffectsFunction") as worker:
        for lane, event_id in told:
            arn = environs["EffectsFunction"][f"{lane.upper()}_QUEUE_ARN"]
            message = record(lane, event_id, sent=time.time(), first_received=time.time()) | {"eventSourceARN": arn}
            assert worker.invoke({"Records": [message]}) == TAKEN
        lines = [json.loads(line) for line in worker.log().splitlines() if "CloudWatchMetrics" in line]

    # This worker hands the mails of an event over to the stack's own queue, whose worker sends them a moment later.
    assert {stack.settled(event["id"])["state"] for event in events} == {"done"}
    assert [(line["service"], line["message"], line["event_id"]) for line in lines if "_aws" in line] == [
        ("effects", "performed", event_id) for _, event_id in told
    ]


def test_ingest_queues_every_sample_that_is_signed_now_byte_for_byte(ingest: Function, queue: Queue) -> None:
    bodies = [samples.encode(samples.fresh(name, int(time.time()))) for name in samples.names()]

    answers = [ingest.invoke(http_api_event(body, SECRET, int(time.time()))) for body in bodies]

    assert {answer["statusCode"] for answer in answers} == {200}
    assert [json.loads(answer["body"])["id"] for answer in answers] == [json.loads(body)["id"] for body in bodies]
    assert [message.encode() for message in queue.drain()] == bodies


def test_ingest_refuses_what_was_signed_too_long_ago(ingest: Function, queue: Queue) -> None:
    body = samples.encode(samples.fresh("invoice.paid", int(time.time())))
    answer = ingest.invoke(http_api_event(body, SECRET, int(time.time()) - 301))
    assert (answer["statusCode"], json.loads(answer["body"])["reason"]) == (400, "stale_signature")
    assert queue.drain() == []


def test_what_make_signed_prints_is_taken_and_done(stack: Stack, run: Run) -> None:
    command = [sys.executable, "-m", "cli", "signed", "invoice.payment_failed", "--endpoint", "direct"]
    environment = os.environ | {"SIGNING_SECRET": SECRET}
    printed = subprocess.run(command, capture_output=True, check=True, cwd=ROOT, env=environment).stdout  # noqa: S603 - our own

    with run("IngestFunction") as ingest:
        answer = ingest.invoke(json.loads(printed))

    assert answer["statusCode"] == 200
    assert stack.settled(json.loads(answer["body"])["id"])["state"] == "done"


def test_lambdas_json_format_of_logs_leaves_our_own_lines_as_they_are(run: Run) -> None:
    events = {
        "IngestFunction": http_api_event(samples.encode(samples.sample("invoice.paid")), SECRET, int(time.time())),
        "ConsumerFunction": json.loads((SQS / "invoice.paid.json").read_text()),
        "ExportsFunction": link("nobody's"),
    }
    for name, event in events.items():
        with run(name) as function:
            function.invoke(event)
            counting = [json.loads(line) for line in function.log().splitlines() if "CloudWatchMetrics" in line]
        assert [line["service"] for line in counting] == [name.removesuffix("Function").lower()]
        assert "_aws" in counting[0]  # and not within the message of a line of Lambda's


def test_an_export_link_leads_to_its_file(stack: Stack, exports: Function) -> None:
    token = secrets.token_urlsafe(32)
    s3: S3Client = stack.cloud.client("s3")
    key = f"exports/{hashlib.sha256(token.encode()).hexdigest()}.json"
    s3.put_object(Bucket=stack.outputs["ExportsBucketName"], Key=key, Body=b'{"customer": "cus_1"}')

    answer = exports.invoke(link(token))

    assert answer["statusCode"] == 302
    with urllib.request.urlopen(answer["headers"]["location"]) as file:  # noqa: S310 - the local cloud's
        assert file.read() == b'{"customer": "cus_1"}'


def test_a_link_that_nobody_was_given_leads_nowhere(exports: Function) -> None:
    assert exports.invoke(link(secrets.token_urlsafe(32)))["statusCode"] == 404


def test_the_hourly_reconciliation_says_that_it_is_off_without_an_api_key(run: Run) -> None:
    with run("ReconcileFunction") as reconcile:
        totals = reconcile.invoke({"source": "aws.scheduler", "detail-type": "Scheduled Event"})

        assert set(totals.values()) == {0}
        assert "reconciliation is off" in reconcile.log()
