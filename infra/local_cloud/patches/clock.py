"""ministack 1.5.33 cannot skip thirty days: this patch lets its Lambda workers follow one movable clock."""
# ruff: noqa: SLF001 -- a patch reaches into ministack's private parts; the version is pinned

from pathlib import Path

from ministack.core import lambda_runtime, sigv4

from infra.local_cloud import shared_clock


def _accept_any_time(*_arguments: object, **_options: object) -> None:
    """Accept any time in a request's signature: its sender may use the real clock."""


def apply(file: Path) -> None:
    """Accept signatures of any time, and let every new Python worker follow the clock.

    Args:
        file: the file of the clock, which this process follows already.
    """
    sigv4.request_time_failure = _accept_any_time
    follow = (
        f"import pathlib, runpy\nrunpy.run_path({shared_clock.__file__!r})['follow'](pathlib.Path({str(file)!r}))\n"
    )
    lambda_runtime._PYTHON_WORKER_SCRIPT = follow + lambda_runtime._PYTHON_WORKER_SCRIPT
