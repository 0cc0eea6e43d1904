"""The composition root of exports: the only place that makes AWS clients."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING, cast

import botocore.session
from botocore.config import Config

from functions.exports.aws import url_presigner
from functions.exports.handler import make_handler
from functions.exports.settings import Settings
from shared.runtime.quiet import quieten

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mypy_boto3_s3 import S3Client

    from functions.exports.handler import Handler


def build(environ: Mapping[str, str]) -> Handler:
    """The Lambda handler, with its AWS client, which is botocore's own as boto3 would only add to each cold start.

    Args:
        environ: The environment variables that `Settings` names. Credentials are found by botocore.

    Raises:
        ValueError: A setting is missing.
    """
    quieten(logging.CRITICAL + 1)  # their warnings, too, may quote a URL, which holds the token of a link
    settings = Settings.from_environ(environ)
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
    return make_handler(
        url_presigner(cast("S3Client", s3), settings.bucket), time.monotonic, settings.metrics_namespace
    )
