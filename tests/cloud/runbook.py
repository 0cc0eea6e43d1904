"""The runbook's commands, run as they stand by the real AWS CLI, in a shell prepared as the runbook says."""

import os
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from cli.local.stack import NAME, Stack
from tests.support import watching

if TYPE_CHECKING:
    from mypy_boto3_sqs.client import SQSClient

ROOT = Path(__file__).parents[2]
AWS_CLI = ROOT / ".tools/aws/bin"
# Version 1 of the CLI has a separate address for SQS, which only this option overrides.
HERE = 'aws() { command aws --endpoint-url "$AWS_ENDPOINT_URL" "$@"; }'
BLOCKS = watching.commands()


def url(stack: Stack, queue: str) -> str:
    sqs: SQSClient = stack.cloud.client("sqs")
    return sqs.get_queue_url(QueueName=f"{NAME}-{queue}")["QueueUrl"]


def until(look: Callable[[], bool], seconds: float = 90) -> None:
    deadline = time.monotonic() + seconds
    while not look():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def run(stack: Stack, folder: Path, block: str, **variables: str) -> str:
    """The output of a block in a shell prepared as the runbook says; it must succeed and print no error."""
    assert AWS_CLI.is_dir(), "the AWS CLI is not installed: make .tools/aws/.installed"
    if not (folder / "billhook").exists():
        (folder / "billhook").symlink_to(ROOT / "billhook")
    if not (folder / "shared").exists():
        (folder / "shared").symlink_to(ROOT / "shared")  # the runbook is read in a checkout
    environment = os.environ | stack.cloud.environment | variables
    environment["PATH"] = f"{AWS_CLI}:{os.environ['PATH']}"
    environment.pop("AWS_PROFILE", None)
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # most of each command is the CLI's start
    environment |= {"AWS_MAX_ATTEMPTS": "1", "PYTHONPATH": str(ROOT)}  # the checkout, where the engineer stands
    ran = subprocess.run(  # noqa: S603 -- our own document
        [shutil.which("bash") or "bash", "-euo", "pipefail", "-c", f"{HERE}\n{watching.preparation()}\n{block}"],
        env=environment,
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, f"{block}\n{ran.stdout}\n{ran.stderr}"
    assert not ran.stderr, f"{block}\n{ran.stderr}"
    return ran.stdout


def block_with(*words: str) -> str:
    """The first block of the runbook that holds all of `words`."""
    return next(block for block in BLOCKS if all(word in block for word in words))
