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
from shared.runtime.quiet import quieten

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mypy_boto3_s3 import S3Client


def build(environ: Mapping[str, str]) -> Handler:
    """The Lambda handler, with its AWS client.

    The client is botocore's: boto3 would only make each cold start slower.

    Args:
        environ: The environment variables that `Settings` names. botocore finds the credentials.

    Raises:
        ValueError: A setting is missing.
    """
    quieten(logging.CRITICAL + 1)  # their warnings, too, may quote a URL, which holds the token of a link
    settings = Settings.from_environ(environ)
    config = Config(
        # A visitor waits, so there are 2 attempts of 4 seconds, with up to a second between them.
        connect_timeout=1,
        read_timeout=3,
        retries={"total_max_attempts": 2, "mode": "standard"},
        tcp_keepalive=True,
        signature_version="s3v4",
        # A presigned URL of the default style names the global endpoint. For a new bucket that endpoint redirects to
        # the region, where the signature is wrong. If the endpoint is an IP address, the bucket goes into the path.
        s3={"addressing_style": "virtual"},
    )
    s3 = botocore.session.get_session().create_client("s3", region_name=settings.region, config=config)
    files = Files(cast("S3Client", s3), settings.bucket, time.time)
    return Handler(files.presign, time.monotonic, settings.metrics_namespace)
