"""One movable clock for several processes: each adds the seconds that stand in one small shared file to the real time.

Standard library only, since a Lambda worker runs this file by its path. It must run before whatever does
`from datetime import datetime` or `from time import time`. The monotonic clock, which waits and event loops go by,
stays as it is.
"""

import datetime as dt
import mmap
import struct
import time
from pathlib import Path

_SECONDS = struct.Struct("d")
_real_time, _real_time_ns, _real_datetime = time.time, time.time_ns, dt.datetime


class _IsDatetime(type):
    """A datetime made in C, as pydantic makes them, is one too."""

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
    """Make the file, unless it is there already; a new one says that the clock is right.

    Raises:
        OSError: it cannot be written.
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
        seconds: how far; never negative, since what has come due cannot be called back.

    Raises:
        ValueError: `seconds` is negative or not finite.
    """
    if not 0 <= seconds < float("inf"):
        raise ValueError(f"a clock goes forward only, not by {seconds} seconds")
    _SECONDS.pack_into(_open(file), 0, ahead(file) + seconds)


def put(file: Path, seconds: float) -> None:
    """Put the clock so many seconds ahead of the real time, or behind it; what has fired already stays fired."""
    _SECONDS.pack_into(_open(file), 0, seconds)


def follow(file: Path) -> None:
    """Let this process live by the clock from here on: `time.time`, `time.time_ns`, `datetime.now`, `date.today`."""
    shared = _open(file)

    def moved() -> float:
        return _real_time() + float(_SECONDS.unpack_from(shared)[0])

    def moved_ns() -> int:
        return _real_time_ns() + int(_SECONDS.unpack_from(shared)[0] * 1e9)

    time.time, time.time_ns = moved, moved_ns
    _MovedDatetime.__name__ = _MovedDatetime.__qualname__ = "datetime"
    _MovedDatetime.__module__ = "datetime"  # its pickles and its repr are those of the real one
    dt.datetime = _MovedDatetime  # type: ignore[misc]  # that is the point
