"""The commands and the program of docs/use-it-from-your-app.md do what it says."""

import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

import boto3
import pytest
from moto import mock_aws

from billhook_access import Access as Client
from functions.consumer.commit.record_writes import access_writes
from functions.consumer.decide.decide import decide
from shared.tables.store import Store
from tests.access.support import NOW, SESSION, TOKEN, Access, checkout_event, http_event, item
from tests.consumer.examples import token
from tests.consumer.tables import make_table
from tests.support.books import BooksOf
from tests.support.samples import sample
from tests.support.stories import CUSTOMER

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

ROOT = Path(__file__).parents[2]
CLIENTS = ROOT / "clients"
TEXT = (ROOT / "docs/use-it-from-your-app.md").read_text()


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", TEXT, re.DOTALL | re.MULTILINE)


@contextmanager
def serving(access: Access) -> Iterator[str]:
    """The URL of the function behind a server, as API Gateway stands before it."""

    class Gateway(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path, _, query = self.path.partition("?")
            _, place, *named = map(unquote, path.split("/"))
            headers = {name.lower(): value for name, value in self.headers.items()}
            if place == "checkout":
                event = checkout_event(named[0], None, self.command, headers)
            else:
                event = http_event(named[0] if named else None, None, headers)
            answer = access.ask_raw(event | {"rawQueryString": query})
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer.text.encode())

        do_POST = do_GET  # noqa: N815 - http.server's name

        def log_message(self, *_: object) -> None:
            """Drop the server's own log."""

    server = HTTPServer(("127.0.0.1", 0), Gateway)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/access"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_the_curl_commands_are_answered() -> None:
    commands = [line for block in blocks("bash") for line in block.splitlines() if "$ACCESS_URL" in line]
    assert len(commands) == 3
    access = Access()
    access.holds(item(CUSTOMER, reference="org_fernhill", limits={"seats": 5, "projects": 20}))
    with serving(access) as url:
        environ = {"PATH": os.environ["PATH"], "TOKEN": TOKEN, "ACCESS_URL": url}
        said = [subprocess.check_output(["bash", "-c", one], env=environ) for one in commands]  # noqa: S603, S607 - ours
    assert [(one["allowed"], one["why"], one.get("limit")) for one in map(json.loads, said)] == [
        (True, "granted", None),
        (True, "granted", 20),
        (True, "granted", None),
    ]


def test_the_curl_commands_of_the_success_page_are_answered() -> None:
    ask, refresh = (line for block in blocks("bash") for line in block.splitlines() if "$CHECKOUT_URL" in line)
    access = Access()
    access.holds(item())
    access.told()
    with serving(access) as url:
        where = {"CHECKOUT_URL": url.replace("/access", "/checkout"), "SESSION_ID": SESSION}
        environ = {"PATH": os.environ["PATH"], "TOKEN": TOKEN, **where}
        said = [subprocess.check_output(["bash", "-c", one], env=environ) for one in (ask, refresh)]  # noqa: S603, S607 - ours
    assert json.loads(said[0])["outcome"] == "access_given"
    assert json.loads(said[1])["refresh"] == "asked"


def test_the_program_of_the_success_page_waits_for_the_session() -> None:
    (program,) = (one for one in blocks("python") if "billhook_checkout" in one)
    access = Access()
    access.holds(item())
    access.meanwhile = access.told
    with serving(access) as url:
        environ = {"PYTHONPATH": str(CLIENTS / "python"), "TOKEN": TOKEN, "ACCESS_URL": url, "SESSION_ID": SESSION}
        said = subprocess.check_output([sys.executable, "-c", program], env=environ, text=True)  # noqa: S603 - ours
    assert said == "Welcome! org_1\n"


def test_the_outcomes_in_the_document_are_those_of_the_openapi_document() -> None:
    told = set(re.findall(r"^\| `(\w+)` \| [a-z]", TEXT, re.MULTILINE)) - {"true", "false", "null", "outcome"}
    document = json.loads((ROOT / "docs/access.openapi.json").read_text())
    assert told == set(document["components"]["schemas"]["Checkout"]["properties"]["outcome"]["enum"])


def test_the_reasons_of_outcomes_in_the_document_are_those_of_the_openapi_document() -> None:
    told = set(re.findall(r"^\| `(\w+)` \| `\w+`(?: or `\w+`)?: ", TEXT, re.MULTILINE))
    document = json.loads((ROOT / "docs/access.openapi.json").read_text())
    why = document["components"]["schemas"]["Checkout"]["properties"]["why"]["anyOf"][0]["enum"]
    assert told == {*why, "unreachable"}


def write(dynamodb: "DynamoDBClient", store: Store) -> None:
    """What the commits of a purchase write."""
    books = BooksOf()
    for event in map(sample, ("checkout.session.completed.subscription", "customer.subscription.created")):
        decision = decide(event, books)
        books.apply(decision)
        for change in decision.access:
            dynamodb.transact_write_items(TransactItems=access_writes(store, change, NOW))


def test_the_python_program_finds_the_customer_by_reference(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (program,) = (one for one in blocks("python") if "boto3" in one)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    with mock_aws():
        dynamodb = boto3.client("dynamodb")
        table = make_table(dynamodb, "AccessTable", "billhook-access")
        store = Store(dynamodb, "", "", "", table, 90, 45, lambda: NOW, token)
        write(dynamodb, store)
        exec(compile(program, "the document", "exec"), {})  # noqa: S102 - our own document
    assert capsys.readouterr().out == f"{CUSTOMER} active studio\n"


def test_the_program_with_the_client_asks_the_function() -> None:
    (program,) = (one for one in blocks("python") if "exports" in one and "billhook_access" in one)
    access = Access()
    access.holds(item(CUSTOMER, reference="org_fernhill", limits={"projects": 20}))
    with serving(access) as url:
        environ = {"PYTHONPATH": str(CLIENTS / "python"), "TOKEN": TOKEN, "ACCESS_URL": url}
        said = subprocess.check_output([sys.executable, "-c", program], env=environ, text=True)  # noqa: S603 - ours
    assert said == "may export\n20 studio granted\n"


def test_the_question_by_stripes_id_asks_the_function() -> None:
    (question,) = re.findall(r"`(access\.check\(customer=.+?\))`", TEXT)
    function = Access()
    function.holds(item())
    with serving(function) as url:
        answer = eval(question, {"access": Client(url, TOKEN)})  # noqa: S307 - our own document
    assert (answer.allowed, answer.reason) == (True, "granted")


def test_the_words_of_why_are_those_of_the_openapi_document() -> None:
    told_why = set(re.findall(r"^\| `\w+` \| `(\w+)` \|", TEXT, re.MULTILINE)) - {"why"}
    document = json.loads((Path(__file__).parents[2] / "docs/access.openapi.json").read_text())
    assert told_why == set(document["components"]["schemas"]["Answer"]["properties"]["why"]["enum"])
