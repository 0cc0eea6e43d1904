"""The logger of the functions that can afford Powertools: its lines have a level and a time that Lambda knows."""

import logging
from typing import IO

from aws_lambda_powertools import Logger

RFC_3339 = "%Y-%m-%dT%H:%M:%S.%FZ"  # %F, in Powertools, is the milliseconds


def make_logger(service: str, stream: IO[str] | None = None) -> Logger:
    """A logger that writes to `stream`, or standard output; `log_line` says why it names level and time so."""
    logging.addLevelName(logging.WARNING, "WARN")
    # Every line is logged at one place, so where that is would not be worth its bytes.
    return Logger(service=service, stream=stream, location=None, datefmt=RFC_3339, utc=True)
