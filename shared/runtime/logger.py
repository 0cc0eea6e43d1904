"""The logger of the functions that can afford Powertools, in Lambda's format of levels and times."""

import logging
from typing import IO

from aws_lambda_powertools import Logger

RFC_3339 = "%Y-%m-%dT%H:%M:%S.%FZ"  # %F, in Powertools, is the milliseconds


def make_logger(service: str, stream: IO[str] | None = None) -> Logger:
    """A logger that writes to `stream`, or to standard output; `log_line.py` explains its level and time."""
    logging.addLevelName(logging.WARNING, "WARN")
    # Every line is logged at one place in the code, so its location would waste bytes.
    return Logger(service=service, stream=stream, location=None, datefmt=RFC_3339, utc=True)
