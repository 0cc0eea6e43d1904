"""ministack 1.5.33 cannot let thirty days pass: it and the Lambda workers it starts follow one movable clock."""
# ruff: noqa: SLF001 -- a patch reaches into ministack's private parts; the version is pinned

from pathlib import Path

from ministack.core import lambda_runtime, sigv4

from infra.local_cloud import shared_clock


def _accept_any_time(*_arguments: object, **_options: object) -> None:
    """Find no fault with the time of a request's signature: its sender may live by the real clock."""


def apply(file: Path) -> None:
    """Let signatures of any time pass, and every new Python worker follow the clock.

    Args:
        file: the clock's file, which this process follows already.
    """
    sigv4.request_time_failure = _accept_any_time
    follow = (
        f"import pathlib, runpy\nrunpy.run_path({shared_clock.__file__!r})['follow'](pathlib.Path({str(file)!r}))\n"
    )
    lambda_runtime._PYTHON_WORKER_SCRIPT = follow + lambda_runtime._PYTHON_WORKER_SCRIPT
