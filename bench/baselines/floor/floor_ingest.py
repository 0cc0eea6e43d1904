"""Ingest with the standard library alone, its requests signed by hand: the least that Python can do."""

import hashlib
import hmac
import http.client
import json
import os
import ssl
import time
from urllib.parse import urlsplit

_REGION = os.environ["AWS_REGION"]
_URL = urlsplit(os.environ["AWS_ENDPOINT_URL"])
_TLS = ssl.create_default_context(cafile=os.environ["AWS_CA_BUNDLE"])
_CONNECTIONS = {}


def _hmac(key, text):
    return hmac.digest(key, text.encode(), "sha256")


def _call(service, target, asked, protocol):
    """One call, signed with AWS's Signature Version 4."""
    body = json.dumps(asked).encode()
    at = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
    headers = {
        "content-type": f"application/x-amz-json-{protocol}",
        "host": _URL.netloc,
        "x-amz-date": at,
        "x-amz-target": target,
    }
    names = ";".join(headers)
    listed = "".join(f"{name}:{value}\n" for name, value in headers.items())
    canonical = f"POST\n/\n\n{listed}\n{names}\n{hashlib.sha256(body).hexdigest()}"
    scope = f"{at[:8]}/{_REGION}/{service}/aws4_request"
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    key = f"AWS4{os.environ['AWS_SECRET_ACCESS_KEY']}".encode()
    for part in (at[:8], _REGION, service, "aws4_request"):
        key = _hmac(key, part)
    signature = _hmac(key, f"AWS4-HMAC-SHA256\n{at}\n{scope}\n{digest}").hex()
    credential = f"{os.environ['AWS_ACCESS_KEY_ID']}/{scope}"
    headers["authorization"] = f"AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders={names}, Signature={signature}"
    if service not in _CONNECTIONS:  # one for each service, as on AWS
        _CONNECTIONS[service] = http.client.HTTPSConnection(_URL.hostname, _URL.port, context=_TLS)
    connection = _CONNECTIONS[service]
    connection.request("POST", "/", body, headers)
    return json.loads(connection.getresponse().read())


_SECRET = {}


def lambda_handler(event, _context):
    """Verify, read, queue."""
    if not _SECRET:
        found = _call("secretsmanager", "secretsmanager.GetSecretValue", {"SecretId": os.environ["SECRET_ID"]}, "1.1")
        _SECRET.update(json.loads(found["SecretString"]))
    body = event["body"]
    at, signature = (item.partition("=")[2] for item in event["headers"]["stripe-signature"].split(",")[:2])
    expected = _hmac(_SECRET["direct"].encode(), f"{at}.{body}").hex()
    if not hmac.compare_digest(expected, signature):
        return {"statusCode": 400}
    stripe_event = json.loads(body)
    message = {
        "QueueUrl": os.environ["QUEUE_URL"],
        "MessageBody": body,
        "MessageGroupId": stripe_event.get("account") or "platform",
        "MessageDeduplicationId": stripe_event["id"],
    }
    _call("sqs", "AmazonSQS.SendMessage", message, "1.0")
    return {"statusCode": 200}
