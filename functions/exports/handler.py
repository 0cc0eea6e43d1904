"""The way of one request: from a link to a URL that works for a minute, or to a page that says why not."""

from __future__ import annotations

import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any

from functions.exports.answer import redirect, refuse
from functions.exports.link import key_of
from functions.exports.log import print_request
from functions.exports.refusal import RefusedError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

type Handler = Callable[[Mapping[str, Any], object], dict[str, Any]]


def make_handler(presign: Callable[[str], str], clock: Callable[[], float], metrics_namespace: str) -> Handler:
    """The Lambda handler.

    Args:
        presign: Returns a URL for the file under a key; raises RefusedError if there is none.
        clock: Returns seconds that only go forward.
        metrics_namespace: Where CloudWatch keeps the metrics.

    Returns:
        A function of an HTTP API event (payload format 2.0) and Lambda's context, which returns API Gateway's answer.
        It raises nothing, not even for a bug: Lambda would log the exception's text, and the token may be in it.
    """

    def handler(event: Mapping[str, Any], _context: object) -> dict[str, Any]:
        started = clock()
        refusal = None
        try:
            answer = redirect(presign(key_of(event)))
        except Exception as error:  # noqa: BLE001 - see above
            refusal = error if isinstance(error, RefusedError) else RefusedError(500, "bug", _place(error))
            answer = refuse(refusal.status)
        print_request(refusal, metrics_namespace, started=started, ended=clock())
        return answer

    return handler


def _place(error: Exception) -> str:
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} in {Path(frame.filename).name}, line {frame.lineno}"
