"""A stand-in for AWS in its own process: fixed answers over HTTPS, true to each protocol, without state.

Run by `bench.stand_in`: python -m bench.stub --certificate FILE --items FILE --delay SECONDS
It prints its port and counts the calls; `GET /calls` returns the number of each operation.
"""

import argparse
import asyncio
import hashlib
import json
import ssl
import zlib
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

type Calls = Counter[str]
type Items = Mapping[str, list[dict[str, Any]]]

SECRET = "whsec_benchmark"  # noqa: S105 - of this endpoint only
MESSAGE_KEY = "the-key-of-messages-of-the-benchmark"
APP_TOKEN = "the-token-of-the-app-of-the-benchmark"  # noqa: S105 - of this endpoint only
ENDPOINTS, MESSAGE, TOKENS = "signing-secrets", "message-key", "access-tokens"
"""What the names of three secrets contain."""
UUID = "5fea7756-0ea4-451a-a703-a558b933e274"


def answer(  # noqa: C901, PLR0911 - one for each operation
    operation: str, asked: Mapping[str, Any], items: Items
) -> dict[str, Any]:
    """The answer of AWS to a successful call; `items` has the items of each table, which no write changes."""
    match operation:
        case "GetSecretValue":
            tokens = json.dumps({"app": APP_TOKEN})
            secrets = {ENDPOINTS: json.dumps({"direct": SECRET}), MESSAGE: MESSAGE_KEY, TOKENS: tokens}
            secret = next((value for name, value in secrets.items() if name in asked["SecretId"]), SECRET)
            return {"ARN": "arn:aws:secretsmanager:us-east-1:1:secret:x", "Name": "x", "SecretString": secret}
        case "SendMessage":
            digest = hashlib.md5(asked["MessageBody"].encode(), usedforsecurity=False).hexdigest()
            return {"MD5OfMessageBody": digest, "MessageId": UUID, "SequenceNumber": "18849496460467696128"}
        case "GetItem":
            found = _found(items, asked["TableName"], [asked["Key"]])
            return {"Item": found[0]} if found else {}
        case "Query":
            keys = [{"pk": asked["ExpressionAttributeValues"][":pk"]}]
            return {"Items": _found(items, asked["TableName"], keys)}
        case "BatchGetItem":
            return {
                "Responses": {
                    table: _found(items, table, wanted["Keys"]) for table, wanted in asked["RequestItems"].items()
                }
            }
        case "UpdateItem" if asked.get("ReturnValues") == "ALL_NEW":
            return {"Attributes": _found(items, asked["TableName"], [asked["Key"]])[0]}
        case "SendEmail":
            return {"MessageId": f"0100018c-{UUID}-000000"}
        case "CreateSchedule":
            return {"ScheduleArn": "arn:aws:scheduler:us-east-1:1:schedule/billhook/x"}
        case "PutEvents":
            return {"FailedEntryCount": 0, "Entries": [{"EventId": UUID} for _ in asked["Entries"]]}
        case "PutItem" | "UpdateItem" | "TransactWriteItems":
            return {}
    raise ValueError(f"no answer to {operation}")


def _found(items: Items, table: str, keys: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [item for item in items.get(table, []) if any(key.items() <= item.items() for key in keys)]


def operation_of(method: str, path: str, headers: Mapping[str, str]) -> str:
    """The operation of a request; JSON protocols name it in a header, REST protocols in the path."""
    target = headers.get("x-amz-target", "")
    if target:
        return target.rpartition(".")[2]
    if path.startswith("/v2/email/outbound-emails"):
        return "SendEmail"
    if path.startswith("/schedules/"):
        return "CreateSchedule"
    raise ValueError(f"no operation is {method} {path}")


async def serve(certificate: Path, items: Items, delay: float) -> None:
    """Serve on a free loopback port until the process ends; each call takes `delay` seconds."""
    calls: Calls = Counter()

    async def connection(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                method, path, headers = _read_head(head)
                body = await reader.readexactly(int(headers.get("content-length", 0)))
                content = json.dumps(calls).encode()
                if path != "/calls":
                    operation = operation_of(method, path, headers)
                    calls[operation] += 1
                    content = json.dumps(answer(operation, json.loads(body), items)).encode()
                    await asyncio.sleep(delay)
                writer.write(_response(content))
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server = await asyncio.start_server(connection, "127.0.0.1", 0, ssl=context)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


def _read_head(head: bytes) -> tuple[str, str, dict[str, str]]:
    request, *lines = head.decode("latin-1").split("\r\n")
    method, path, _ = request.split(" ")
    fields = (line.partition(":") for line in lines if line)
    return method, path, {name.lower(): value.strip() for name, _, value in fields}


def _response(content: bytes) -> bytes:
    head = (
        "HTTP/1.1 200 OK\r\nContent-Type: application/x-amz-json-1.0\r\nConnection: keep-alive\r\n"
        f"x-amzn-RequestId: {UUID}\r\nx-amz-crc32: {zlib.crc32(content)}\r\nContent-Length: {len(content)}\r\n\r\n"
    )
    return head.encode() + content


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--certificate", type=Path, required=True)
    parser.add_argument("--items", type=Path, required=True)
    parser.add_argument("--delay", type=float, default=0.0)
    options = parser.parse_args()
    asyncio.run(serve(options.certificate, json.loads(options.items.read_text()), options.delay))
