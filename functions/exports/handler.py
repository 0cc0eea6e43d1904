"""The Lambda handler of exports: redirects a link to a URL that works for a minute, or shows an error page."""

from __future__ import annotations

import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from functions.exports.answer import redirect, refuse
from functions.exports.link import key_of
from functions.exports.log import print_request
from functions.exports.refusal import RefusedError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


@dataclass(frozen=True, slots=True)
class Handler:
    """The Lambda handler of an HTTP API event.

    Attributes:
        presign: Returns a URL for the file under a key; raises RefusedError if there is none.
        clock: Returns seconds that only go forward.
        metrics_namespace: The namespace of the metrics in CloudWatch.
    """

    presign: Callable[[str], str]
    clock: Callable[[], float]
    metrics_namespace: str

    def __call__(self, event: Mapping[str, Any], _context: object) -> dict[str, Any]:
        """API Gateway's answer to an event of payload format 2.0.

        It raises nothing, not even for a bug: Lambda would log the exception's text, and the token may be in it.
        """
        started = self.clock()
        key, refusal = None, None
        try:
            key = key_of(event)
            answer = redirect(self.presign(key))
        except Exception as error:  # noqa: BLE001 - see above
            refusal = error if isinstance(error, RefusedError) else RefusedError(500, "bug", _place(error))
            answer = refuse(refusal.status)
        print_request(key, refusal, self.metrics_namespace, started=started, ended=self.clock())
        return answer


def _place(error: Exception) -> str:
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} in {Path(frame.filename).name}, line {frame.lineno}"
