"""ministack 1.5.33 loses messages: its threads rebuild a queue's list while another appends to it; let all take turns.

A batch's completion builds the list of remaining messages and puts it in the place of the old one. A message that a
request or a schedule appends to the old list in between is gone. The lock that the event source mapping takes is
given to the requests and to the schedules as well.
"""
# ruff: noqa: SLF001 -- a mend reaches into ministack's private parts; the version is pinned

import asyncio
import functools
import threading
from collections.abc import Callable
from typing import Any

from ministack.services import eventbridge, sqs

_PARTS_OF_A_RECEIVE = ("_expire_retained", "_dlq_sweep", "_collect_msgs")


def _locked(change: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(change)
    def locked(*arguments: Any, **options: Any) -> Any:  # noqa: ANN401 -- passes on whatever ministack passes
        with sqs._queues_lock:
            return change(*arguments, **options)

    return locked


def apply() -> None:
    """Let every change of a queue hold the queues' lock."""
    sqs._queues_lock = threading.RLock()  # reentrant: the mapping's receive holds it and calls the parts below
    for name, handler in sqs._HANDLERS.items():
        if not asyncio.iscoroutinefunction(handler):  # a long poll must not hold the lock while it sleeps
            sqs._HANDLERS[name] = _locked(handler)
    for part in _PARTS_OF_A_RECEIVE:
        setattr(sqs, part, _locked(getattr(sqs, part)))
    eventbridge._dispatch_to_sqs = _locked(eventbridge._dispatch_to_sqs)
