"""The output of a function that Lambda would keep: its streams, its loggers, and an exception that escapes."""

import io
import logging
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from typing import Any


@contextmanager
def captured_output() -> Iterator[io.StringIO]:
    """The output within the block; of the libraries' loggers only warnings and worse, as on Lambda."""
    output = io.StringIO()
    ear = logging.StreamHandler(output)
    root = logging.getLogger()
    root.addHandler(ear)
    try:
        with redirect_stdout(output), redirect_stderr(output):
            yield output
    finally:
        root.removeHandler(ear)


def call(
    build: Callable[[], Callable[[Mapping[str, Any], Any], Any]], event: Mapping[str, Any], context: object = None
) -> tuple[Any, str]:
    """The answer of the handler that `build` makes, None if it raises; and all output from the cold start on.

    The output includes the traceback that Lambda prints of an exception.
    """
    with captured_output() as output:
        try:
            answer = build()(event, context)
        except Exception:  # noqa: BLE001 - Lambda, too, takes whatever comes
            answer = None
            traceback.print_exc(file=output)
    return answer, output.getvalue()
