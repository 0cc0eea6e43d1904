"""Every library at DEBUG, as a function may find them when it starts."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import stripe

LIBRARIES = ("botocore", "botocore.parsers", "botocore.endpoint", "boto3", "urllib3", "requests", "stripe")


@contextmanager
def talkative() -> Iterator[None]:
    """For as long as the `with` block lasts, every setting that makes a library say more is at its most talkative."""
    loggers = [logging.getLogger(name) for name in (None, *LIBRARIES)]
    levels, disabled = [logger.level for logger in loggers], logging.root.manager.disable
    with pytest.MonkeyPatch.context() as patch:
        for name in ("AWS_LAMBDA_LOG_LEVEL", "POWERTOOLS_LOG_LEVEL"):
            patch.setenv(name, "DEBUG")
        patch.setenv("POWERTOOLS_LOGGER_LOG_EVENT", "true")
        patch.setattr(stripe, "log", "debug")  # what STRIPE_LOG=debug sets
        logging.disable(logging.NOTSET)
        for logger in loggers:
            logger.setLevel(logging.DEBUG)
        try:
            yield
        finally:
            logging.disable(disabled)
            for logger, level in zip(loggers, levels, strict=True):
                logger.setLevel(level)
