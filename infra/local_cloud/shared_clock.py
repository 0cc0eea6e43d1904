"""One movable clock for several processes: each adds the seconds in a small shared file to the real time.

It uses only the standard library, because a Lambda worker runs this file by its path. It must run before any module
that does `from datetime import datetime` or `from time import time`. The monotonic clock, which waits and event loops
use, does not move.
"""

import datetime as dt
import mmap
import struct
import time
from pathlib import Path

_SECONDS = struct.Struct("d")
_real_time, _real_time_ns, _real_datetime = time.time, time.time_ns, dt.datetime


class _IsDatetime(type):
    """Makes `isinstance` true for datetimes made in C, such as pydantic's."""

    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, _real_datetime)


class _MovedDatetime(dt.datetime, metaclass=_IsDatetime):
    @classmethod
    def now(cls, tz: dt.tzinfo | None = None) -> "_MovedDatetime":
        return cls.fromtimestamp(time.time(), tz)

    @classmethod
    def utcnow(cls) -> "_MovedDatetime":
        return cls.fromtimestamp(time.time(), dt.UTC).replace(tzinfo=None)


def _open(file: Path) -> mmap.mmap:
    with file.open("r+b") as opened:
        return mmap.mmap(opened.fileno(), _SECONDS.size)


def create(file: Path) -> None:
    """Create the file unless it exists. A new file means that the clock shows the real time.

    Raises:
        OSError: the file cannot be written.
    """
    if not file.exists():
        file.write_bytes(_SECONDS.pack(0))


def ahead(file: Path) -> float:
    """How many seconds the clock is ahead of the real time."""
    seconds: float = _SECONDS.unpack_from(_open(file))[0]
    return seconds


def advance(file: Path, seconds: float) -> None:
    """Set the clock forward, in every process that follows the file, at once.

    Args:
        file: the shared file.
        seconds: how far; never negative, because schedules that have fired cannot be undone.

    Raises:
        ValueError: `seconds` is negative or not finite.
    """
    if not 0 <= seconds < float("inf"):
        raise ValueError(f"the clock goes forward only: {seconds} seconds is not possible")
    _SECONDS.pack_into(_open(file), 0, ahead(file) + seconds)


def put(file: Path, seconds: float) -> None:
    """Set the clock so many seconds ahead of the real time; negative is behind. Nothing fires twice."""
    _SECONDS.pack_into(_open(file), 0, seconds)


def follow(file: Path) -> None:
    """Let this process use the clock from now on: `time.time`, `time.time_ns`, `datetime.now`, `date.today`."""
    shared = _open(file)

    def moved() -> float:
        return _real_time() + float(_SECONDS.unpack_from(shared)[0])

    def moved_ns() -> int:
        return _real_time_ns() + int(_SECONDS.unpack_from(shared)[0] * 1e9)

    time.time, time.time_ns = moved, moved_ns
    _MovedDatetime.__name__ = _MovedDatetime.__qualname__ = "datetime"
    _MovedDatetime.__module__ = "datetime"  # so that its pickles and its repr are those of the real class
    dt.datetime = _MovedDatetime  # type: ignore[misc]  # on purpose
