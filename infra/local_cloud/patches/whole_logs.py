"""ministack 1.5.33 takes a function's log after 5 ms of silence: this patch waits for the invocation's last line.

Without it, a busy machine gives a late line to the worker's next invocation, and the line's metric with it.
"""
# ruff: noqa: SLF001 -- a patch reaches into ministack's private parts; the version is pinned

import queue
import time

from ministack.core import lambda_runtime

_LAST_LINE = "the last line of an invocation, says a patch of the local cloud"
_SECONDS = 10
_HANDLER_FOUND = "handler_fn = getattr(mod, handler_name)\n"

# Text, because it goes into the program that ministack writes for each worker process.
_ENDING = f"""
def ending(handler):
    import sys

    def run(event, context):
        try:
            return handler(event, context)
        finally:
            print({_LAST_LINE!r}, file=sys.stderr, flush=True)

    return run
"""

_drain_by_time = lambda_runtime.Worker._drain_stderr_bounded


def _drain_to_last_line(worker: lambda_runtime.Worker, **times: float) -> str:
    """The lines of one invocation. A worker that died printed no last line; the end of its output is the end."""
    if not worker.config["Runtime"].startswith("python"):
        return str(_drain_by_time(worker, **times))
    lines, deadline = list[str](), time.monotonic() + _SECONDS
    while time.monotonic() < deadline:
        ended = not worker._stderr_thread.is_alive()
        try:
            line = worker._stderr_queue.get(timeout=0.01)
        except queue.Empty:
            if ended:
                break
            continue
        if line.endswith(_LAST_LINE):  # behind a line that the function did not end, too
            lines += filter(None, [line.removesuffix(_LAST_LINE)])
            break
        lines.append(line)
    return "\n".join(lines)


def apply() -> None:
    """Let each new Python worker print a last line, and read its log up to there."""
    script = lambda_runtime._PYTHON_WORKER_SCRIPT
    if script.count(_HANDLER_FOUND) != 1:
        message = "ministack's worker finds its handler in another way: adapt infra/local_cloud/patches/whole_logs.py"
        raise RuntimeError(message)
    found = _HANDLER_FOUND.replace("getattr(mod, handler_name)", "ending(getattr(mod, handler_name))")
    lambda_runtime._PYTHON_WORKER_SCRIPT = _ENDING + script.replace(_HANDLER_FOUND, found)
    lambda_runtime.Worker._drain_stderr_bounded = _drain_to_last_line
