"""What a function says where Lambda would keep it: its output, its loggers, and an exception that escapes."""

import io
import logging
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from typing import Any


@contextmanager
def captured_output() -> Iterator[io.StringIO]:
    """What is said meanwhile; of the libraries' loggers what Lambda's root logger lets through, warnings and worse."""
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
    """What the handler that `build` makes answers to `event`, None if it raises; and all that is said.

    That is from the cold start on, with the traceback that Lambda prints of an exception.
    """
    with captured_output() as output:
        try:
            answer = build()(event, context)
        except Exception:  # noqa: BLE001 - Lambda, too, takes whatever comes
            answer = None
            traceback.print_exc(file=output)
    return answer, output.getvalue()
