"""The floor: one HMAC, one comparison, one json.loads."""

import hmac
import json

SECRET = b"whsec_benchmark"


def lambda_handler(event, _context):
    """Verify and read."""
    body, header = event["bytes"], event["signature"]
    at, signature = header[2:].split(",v1=")
    hmac.compare_digest(hmac.digest(SECRET, at.encode() + b"." + body, "sha256").hex(), signature)
    json.loads(body)
