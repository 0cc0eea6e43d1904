"""The emulator starts, says why when it does not, and never outlives its starter."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from infra.local_cloud.cloud import LocalCloud
from infra.local_cloud.emulator import ROOT, NotStartedError

from .conftest import eventually, fifo_queue

if TYPE_CHECKING:
    from mypy_boto3_sesv2 import SESV2Client

STARTER = """
import time
from infra.local_cloud.cloud import LocalCloud
cloud = LocalCloud.start()
print(cloud.port, flush=True)
time.sleep(60)
"""


def answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_mails_can_be_read(cloud: LocalCloud) -> None:
    mailer: SESV2Client = cloud.client("sesv2")
    mailer.create_email_identity(EmailIdentity="billing@example.com")
    body = {"Text": {"Data": "plain"}, "Html": {"Data": "<p>rich</p>"}}
    mailer.send_email(
        FromEmailAddress="billing@example.com",
        Destination={"ToAddresses": ["ann@example.com"]},
        Content={"Simple": {"Subject": {"Data": "Your invoice"}, "Body": body}},  # type: ignore[typeddict-item]
    )

    mail = cloud.mails()[-1]

    assert (mail.to, mail.sender, mail.subject) == (("ann@example.com",), "billing@example.com", "Your invoice")
    assert (mail.text, mail.html) == ("plain", "<p>rich</p>")
    assert abs((cloud.now() - mail.time).total_seconds()) < 5


def test_a_port_that_is_taken_is_told(cloud: LocalCloud) -> None:
    with pytest.raises(NotStartedError, match=f"port {cloud.port} is taken"):
        LocalCloud.start(port=cloud.port)


def test_the_reason_of_its_death_is_told(tmp_path: Path) -> None:
    not_a_folder = tmp_path / "file"
    not_a_folder.touch()

    with pytest.raises(NotStartedError, match="FileExistsError"):
        LocalCloud.start(state=not_a_folder)


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGKILL])
def test_it_ends_and_tidies_up_when_its_starter_is_killed(ending: signal.Signals, tmp_path: Path) -> None:
    environment = os.environ | {"TMPDIR": str(tmp_path)}
    with subprocess.Popen(  # noqa: S603 -- the program is above
        [sys.executable, "-c", STARTER], cwd=ROOT, env=environment, stdout=subprocess.PIPE
    ) as starter:
        assert starter.stdout is not None
        port = int(starter.stdout.readline())
        assert answers(port)
        starter.send_signal(ending)

    eventually(lambda: not answers(port))
    eventually(lambda: not list(tmp_path.iterdir()))


def test_state_and_clock_are_kept_where_asked(tmp_path: Path) -> None:
    with LocalCloud.start(state=tmp_path) as first:
        fifo_queue(first).send("kept")
        later = first.advance(86_400)

    with LocalCloud.start(state=tmp_path) as second:
        [url] = second.client("sqs").list_queues()["QueueUrls"]
        assert second.client("sqs").receive_message(QueueUrl=url)["Messages"][0]["Body"] == "kept"
        assert second.now() > later
