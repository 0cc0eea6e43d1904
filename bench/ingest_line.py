"""Count the bytes that ingest logs for one request."""

import io
import json
import time
from contextlib import redirect_stdout

from bench import material
from bench.stub import MESSAGE_KEY, SECRET
from functions.ingest.handler import Handler
from functions.ingest.settings import Settings
from functions.ingest.signing_secrets import SigningSecrets
from shared.runtime.message_keys import MessageKeys


def logged() -> int:
    """The bytes of the log line, with its newline."""
    settings = Settings("https://queue.example/events.fifo", "signing-secrets", "message-key", "account", "us-east-1")
    secrets = SigningSecrets(lambda: json.dumps({"direct": SECRET}))
    keys = MessageKeys(lambda: MESSAGE_KEY)
    handler = Handler(settings, secrets, keys, lambda _message: None, lambda _account, _now: None, time.time)
    with redirect_stdout(io.StringIO()) as log:
        answer = handler(material.http_request(material.payment_failed()), None)
    assert answer["statusCode"] == 200, answer  # noqa: PLR2004, S101 - a refusal logs another line
    return len(log.getvalue().encode())
