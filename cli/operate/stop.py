"""Whether a redrive goes on: Ctrl-C stops it between two messages, and so do events that fail again."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from cli.operate.again import TOLERATED, TRIAL, TRIAL_SECONDS, Seen, Watch
from cli.see.screen import Screen

STEP = 50
"""Messages between two looks and two lines of progress."""


@dataclass
class Stop:
    """Whether a redrive goes on: until Ctrl-C, or until too many of its events fail again."""

    screen: Screen
    watch: Watch | None
    total: int
    why: str = ""
    interrupted: bool = False
    """Whether Ctrl-C has stopped it; the terminal's line then begins with ^C."""
    seen: Seen = field(default_factory=Seen)
    _looked: int = 0

    def go_on(self, sent: list[str]) -> bool:
        """Whether to send another message; looks at those that were sent before."""
        trial = self.watch is not None and len(sent) == TRIAL and self._looked < TRIAL
        if not self.why and sent and (trial or len(sent) - self._looked >= STEP):
            self._looked = len(sent)
            self.screen.say(f"{len(sent)} of {self.total} moved")
            if self.watch:
                self.look(self.watch.until_settled(sent, TRIAL_SECONDS if trial else 0, lambda: not self.why))
        return not self.why

    def look(self, seen: Seen) -> None:
        """Stop if too many events have failed again."""
        self.seen = seen
        if len(seen.failed) > TOLERATED and not self.why:
            self.why = f"stopped, because {len(seen.failed)} failed again"

    def interrupt(self, *_signal: object) -> None:
        """Stop before the next message, because of Ctrl-C."""
        if not self.why:
            self.why, self.interrupted = "stopped by Ctrl-C", True


@contextmanager
def between_messages(stop: Stop) -> Iterator[None]:
    """While a move runs, Ctrl-C stops it between two messages."""
    before = signal.signal(signal.SIGINT, stop.interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
