"""Billhook's way from bytes to an event it can address: signature, age, JSON, the fields that address a message."""

import time

from functions.ingest.authentication import authenticate
from functions.ingest.request import Request
from functions.ingest.signing_secrets import SigningSecrets
from functions.ingest.stripe_event import parse_event

secrets = SigningSecrets(lambda: '{"direct": "whsec_benchmark"}')
secrets.renewed(time.time())


def lambda_handler(event, _context):
    """Verify and read."""
    request = Request(event["bytes"], event["signature"], None)
    authenticate(request, secrets, time.time())
    parse_event(request.body)
