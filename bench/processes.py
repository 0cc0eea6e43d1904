"""Run a Lambda handler from one package in its own process, and measure its CPU time."""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.stand_in import StandIn

SUBJECT = Path(__file__).with_name("subject.py")
PROBES = Path(__file__).with_name("probes")
PYTHON = Path(
    getattr(sys, "_base_executable", sys.executable)
)  # without the virtual environment, so that only the package counts

# The variables that Lambda and template.yaml set. The trace is not sampled, as 19 of 20 by default.
ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    "AWS_REGION": "us-east-1",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_LAMBDA_FUNCTION_NAME": "benchmark",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512",
    "LAMBDA_TASK_ROOT": "/var/task",
    "_X_AMZN_TRACE_ID": "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=557abcec3ee5a047;Sampled=0",
    "QUEUE_URL": "https://sqs.us-east-1.amazonaws.com/123456789012/billhook-events.fifo",
    "QUEUE_ARN": "arn:aws:sqs:us-east-1:123456789012:billhook-events.fifo",
    "EFFECTS_QUEUE_URL": "https://sqs.us-east-1.amazonaws.com/123456789012/billhook-effects",
    "EFFECTS_QUEUE_ARN": "arn:aws:sqs:us-east-1:123456789012:billhook-effects",
    "MAILS_QUEUE_URL": "https://sqs.us-east-1.amazonaws.com/123456789012/billhook-mails",
    "MAILS_QUEUE_ARN": "arn:aws:sqs:us-east-1:123456789012:billhook-mails",
    "SECRET_ID": "arn:aws:secretsmanager:us-east-1:123456789012:secret:billhook/stripe-signing-secrets-AbCdEf",
    "GROUP_BY": "account",
    "INBOX_TABLE": "billhook-inbox",
    "BOOKS_TABLE": "billhook-books",
    "TOMBSTONES_TABLE": "billhook-tombstones",
    "ACCESS_TABLE": "billhook-access",
    "IDEMPOTENCY_TABLE": "tutorial-idempotency",
    "ORGANIZATIONS_TABLE": "tutorial-organizations",
    "SCHEDULE_GROUP": "billhook",
    "SCHEDULER_ROLE_ARN": "arn:aws:iam::123456789012:role/billhook-scheduler",
    "SCHEDULER_DLQ_ARN": "arn:aws:sqs:us-east-1:123456789012:billhook-scheduler-dlq",
    "EVENT_BUS": "billhook",
    "EXPORTS_BUCKET": "billhook-exports",
    "EXPORTS_URL": "https://billhook.example/exports",
    "TOKEN_KEY_ID": "token-key",
    "MESSAGE_KEY_ID": "message-key",
    "STRIPE_KEY_ID": "stripe-api-key",
    "TOKENS_ID": "access-tokens",
    "MAIL_SENDER": "Saltmarsh Software <billing@example.com>",
    "BUSINESS_NAME": "Saltmarsh Software",
    "LIVEMODE": "true",
    "RETENTION_DAYS": "90",
    "LEASE_SECONDS": "45",
    "PYTHONDONTWRITEBYTECODE": "1",  # Lambda's disk is read-only
    "PROCESSOR": "0",
}


@dataclass(frozen=True)
class Lambda:
    """A handler in a package or in `bench/probes`, and its additional environment variables."""

    package: Path
    module: str
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Told:
    """The answer of a handler, and the CPU seconds of its process before and after the calls.

    `wall` is the time between them, in seconds.
    """

    started: float
    ended: float
    wall: float
    answer: Any


@dataclass(frozen=True)
class Running:
    """A running process; it imports the handler at the first call."""

    process: "subprocess.Popen[str]"

    def ask(self, event: Mapping[str, Any], times: int = 1) -> Told:
        """Call the handler `times` times with `event`.

        Raises:
            RuntimeError: the process ended; its error is on standard error.
        """
        assert self.process.stdin is not None  # noqa: S101 - pipes were asked for
        assert self.process.stdout is not None  # noqa: S101
        print(json.dumps({"times": times, "event": event}), file=self.process.stdin, flush=True)
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self.process.args!r} failed")
        return Told(**json.loads(line))

    def memory(self) -> int:
        """The resident memory now, in bytes."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        (kilobytes,) = (line.split()[1] for line in status.splitlines() if line.startswith("VmRSS:"))
        return int(kilobytes) * 1024


@contextmanager
def running(function: Lambda, aws: StandIn, folder: Path) -> Iterator[Running]:
    """The running process of `function`, for as long as the block lasts."""
    environment = ENVIRONMENT | aws.environment(function.package, folder) | dict(function.environment)
    with subprocess.Popen(
        [PYTHON, "-S", "-P", SUBJECT, function.module],
        env=environment | {"PYTHONPATH": f"{function.package}:{PROBES}"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield Running(process)
        finally:
            process.kill()
