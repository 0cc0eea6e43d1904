"""The composition root of exports: the only place that makes AWS clients."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING, cast

import botocore.session
from botocore.config import Config

from functions.exports.aws import Files
from functions.exports.handler import Handler
from functions.exports.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mypy_boto3_s3 import S3Client


def build(environ: Mapping[str, str]) -> Handler:
    """The Lambda handler, with its AWS client, which is botocore's own as boto3 would only add to each cold start.

    Args:
        environ: The environment variables that `Settings` names. Credentials are found by botocore.

    Raises:
        ValueError: A setting is missing.
    """
    settings = Settings.from_environ(environ)
    _silence("botocore", "urllib3")
    config = Config(
        # Somebody waits: 2 attempts of 4 seconds, with up to a second between them.
        connect_timeout=1,
        read_timeout=3,
        retries={"total_max_attempts": 2, "mode": "standard"},
        tcp_keepalive=True,
        signature_version="s3v4",
        # A URL presigned in the default style names the global endpoint, which sends the browser on to the region of
        # a young bucket, where the signature is wrong. An endpoint that is an IP address gets its bucket in the path.
        s3={"addressing_style": "virtual"},
    )
    s3 = botocore.session.get_session().create_client("s3", region_name=settings.region, config=config)
    files = Files(cast("S3Client", s3), settings.bucket)
    return Handler(files.presign, time.monotonic, settings.metrics_namespace)


def _silence(*libraries: str) -> None:
    """Keeps libraries that log the URLs they ask for out of the log, whatever level the function's is set to."""
    for library in libraries:
        logging.getLogger(library).setLevel(logging.CRITICAL + 1)
