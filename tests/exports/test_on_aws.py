"""The handler as Lambda gets it, against an imitation of S3, and against servers that misbehave."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from types import SimpleNamespace
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qs, urlsplit

import boto3
import botocore.endpoint
import pytest
import requests
from moto import mock_aws

from functions.exports.wiring import build
from shared.values.export_files import UNTIL, logged_name
from tests.exports.support import KEY, TOKEN, Answer, http_event, token_of

if TYPE_CHECKING:
    from collections.abc import Iterator

REGION: Final = "eu-central-1"
BUCKET = "acme-exports"
FILE = b'{"organization": "cus_1"}'


def get(token: str = TOKEN, region: str = REGION) -> Answer:
    """What a handler that has just been built answers."""
    answer = build({"BUCKET": BUCKET, "AWS_REGION": region})(http_event(token), None)
    return Answer(answer["statusCode"], answer["headers"], answer["body"])


@contextmanager
def serving(status: int) -> Iterator[str]:
    """The URL of a server that answers every HEAD with `status`, and hangs up without a word if that is 0."""

    class Handler(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            if status:
                self.send_response(status)
                self.end_headers()

        def log_message(self, *_: object) -> None:
            """Drop the server's own log."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    # The SDK's own retries are real here; only their pauses are not.
    monkeypatch.setattr(botocore.endpoint, "time", SimpleNamespace(sleep=lambda _seconds: None))


@pytest.fixture
def bucket() -> Iterator[None]:
    """One bucket that holds one export."""
    with mock_aws():
        s3 = boto3.client("s3", region_name=REGION)
        s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
        s3.put_object(Bucket=BUCKET, Key=KEY, Body=FILE)
        yield


@pytest.mark.usefixtures("bucket")
def test_a_click_on_the_link_downloads_the_file() -> None:
    answer = get()
    assert answer.status == 302
    download = requests.get(answer.headers["location"], timeout=5)
    assert (download.status_code, download.content) == (200, FILE)
    assert download.headers["content-disposition"] == 'attachment; filename="your-data.json"'
    assert download.headers["content-type"] == "application/json"
    assert download.headers["cache-control"] == "no-store"


@pytest.mark.usefixtures("bucket")
def test_the_url_works_for_a_minute_and_for_this_file_alone() -> None:
    url = urlsplit(get().headers["location"])
    query = parse_qs(url.query)
    assert (url.scheme, url.path) == ("https", f"/{KEY}")
    assert query["X-Amz-Algorithm"] == ["AWS4-HMAC-SHA256"]
    assert query["X-Amz-Expires"] == ["60"]


@pytest.mark.usefixtures("bucket")
def test_the_browser_is_sent_straight_to_the_bucket_in_its_region() -> None:
    assert urlsplit(get().headers["location"]).netloc == f"{BUCKET}.s3.{REGION}.amazonaws.com"


@pytest.mark.usefixtures("bucket")
@pytest.mark.parametrize(("left", "status"), [(60, 302), (-1, 404)])
def test_a_link_works_until_its_end_and_not_after_it(
    capsys: pytest.CaptureFixture[str], left: int, status: int
) -> None:
    s3 = boto3.client("s3", region_name=REGION)
    s3.put_object(Bucket=BUCKET, Key=KEY, Body=FILE, Metadata={UNTIL: str(int(time.time()) + left)})
    answer = get()
    line = json.loads(capsys.readouterr().out)
    assert (answer.status, line["file"]) == (status, logged_name(KEY))
    assert line["reason"] == ("found" if status == 302 else "expired")
    assert answer == get(token_of("nobody's")) or status == 302, "the page shows whether there ever was a file"
    assert "ask us for a new export" in answer.body or status == 302


@pytest.mark.usefixtures("bucket")
def test_a_link_without_a_file_gets_the_page() -> None:
    assert get(token_of("somebody else's")).status == 404


def test_an_emulator_is_asked_where_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(200) as url:
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        assert get().headers["location"].startswith(f"{url}/{BUCKET}/{KEY}?")


@pytest.mark.parametrize("status", [403, 404])
def test_whether_s3_says_forbidden_or_not_found_the_link_is_gone(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], status: int
) -> None:
    with serving(status) as url:
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        assert get().status == 404
    assert json.loads(capsys.readouterr().out)["cause"] == f"HeadObject: {status}"


@pytest.mark.parametrize(("status", "cause"), [(400, "400"), (500, "500"), (503, "503"), (0, "ConnectionClosedError")])
def test_any_other_trouble_of_s3_passes(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], status: int, cause: str
) -> None:
    with serving(status) as url:
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        assert get().status == 503
    assert json.loads(capsys.readouterr().out)["cause"] == f"HeadObject: {cause}"


@pytest.mark.parametrize("status", [200, 403, 404, 500, 0, None])
def test_neither_our_log_nor_the_sdks_says_which_link_it_was(
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
    status: int | None,
) -> None:
    caplog.set_level(logging.DEBUG)
    with serving(status or 0) as url:
        # At the discard port nobody listens.
        monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9" if status is None else url)
        get()
    captured = capfd.readouterr()
    assert captured.out.count("\n") == 1
    assert captured.err == ""
    assert not [word for word in (TOKEN, "X-Amz", BUCKET) if word in captured.out + caplog.text]


def test_left_to_itself_the_sdk_would_tell(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with serving(200) as url:
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        handler = build({"BUCKET": BUCKET, "AWS_REGION": REGION})
        logging.disable(logging.NOTSET)
        for library in ("botocore", "urllib3"):
            logging.getLogger(library).setLevel(logging.NOTSET)
        handler(http_event(TOKEN), None)
    assert {"botocore", "urllib3"} <= {
        record.name.partition(".")[0] for record in caplog.records if KEY in record.getMessage()
    }


def test_exports_imports_botocore_and_nothing_heavier() -> None:
    program = (
        "import sys; import functions.exports.wiring; "
        "print(*{name.split('.')[0] for name, module in sys.modules.items()"
        " if 'site-packages' in (getattr(module, '__file__', None) or '')})"
    )
    # A new interpreter: this one has imported everything.
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)  # noqa: S603 - our own program
    shipped = {"botocore", "dateutil", "jmespath", "six", "urllib3"}
    assert set(done.stdout.split()) - shipped <= {"certifi"}  # botocore takes it if it is there; Lambda's has none
