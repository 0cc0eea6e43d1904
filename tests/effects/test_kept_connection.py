"""SES closes kept connections while Lambda sleeps: over real sockets, the mail goes once more on a fresh one."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ConnectionClosedError, ReadTimeoutError

from functions.effects.mails.mailer import Mailer
from functions.effects.wiring import ONCE
from tests.consumer.examples import REGION, mail
from tests.effects.ses import mailer_of
from tests.support.mails import FULL

MAIL = mail().model_copy(update={"data": FULL["receipt"]})
ANSWER = b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 17\r\n\r\n{"MessageId":"1"}'


@dataclass
class Wire:
    """What it does with each request of each connection: `answer`; `close` it instead; or `silence`."""

    connections: list[list[str]]
    requests: list[str] = field(default_factory=list)

    def serve(self, listening: socket.socket) -> None:
        muted = []
        for plan in self.connections:
            connection, _ = listening.accept()
            for action in plan:
                self._read(connection)
                self.requests.append(action)
                if action == "answer":
                    connection.sendall(ANSWER)
            if "silence" in plan:
                muted.append(connection)
            else:
                connection.close()
        for connection in muted:
            connection.recv(1)  # until the other side gives up
            connection.close()

    def _read(self, connection: socket.socket) -> None:
        head = b""
        while b"\r\n\r\n" not in head:
            head += connection.recv(65536)
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
        body = head.partition(b"\r\n\r\n")[2]
        while len(body) < length:
            body += connection.recv(65536)


@contextmanager
def sending_over(wire: Wire, config: Config = ONCE) -> Iterator[Mailer]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(5)
        serving = threading.Thread(target=wire.serve, args=(listening,))
        serving.start()
        client = boto3.client(
            "sesv2",
            region_name=REGION,
            config=config,
            endpoint_url=f"http://127.0.0.1:{listening.getsockname()[1]}",
            aws_access_key_id="testing",
            aws_secret_access_key="testing",
        )
        yield mailer_of(client)
        client.close()
        serving.join()


def test_a_kept_connection_that_is_closed_before_an_answer_costs_no_mail() -> None:
    wire = Wire([["answer", "close"], ["answer"]])
    with sending_over(wire) as mailer:
        assert (mailer.send(MAIL), mailer.send(MAIL)) == ("sent", "sent")
    assert wire.requests == ["answer", "close", "answer"]


def test_a_mail_goes_once_more_on_a_fresh_connection_and_not_again() -> None:
    wire = Wire([["close"], ["close"]])
    with sending_over(wire) as mailer, pytest.raises(ConnectionClosedError):
        mailer.send(MAIL)
    assert wire.requests == ["close", "close"]


def test_a_silence_after_the_mail_was_sent_is_not_tried_again() -> None:
    wire = Wire([["silence"]])
    hasty = ONCE.merge(Config(read_timeout=0.2))
    with sending_over(wire, hasty) as mailer, pytest.raises(ReadTimeoutError):
        mailer.send(MAIL)
    assert wire.requests == ["silence"]
