"""An SQS FIFO queue in front of Lambda, as a discrete-event simulation: groups, workers, and the window of 120,000."""

import heapq
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

WINDOW = 120_000
"""SQS looks for available groups among so many messages only:
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-fifo.html"""


@dataclass(frozen=True, slots=True)
class Handled:
    """One message: its group, and the seconds when it arrived, was begun and was done."""

    group: int
    arrived: float
    begun: float
    done: float

    @property
    def waited(self) -> float:
        """The seconds from arrival to the start of work."""
        return self.begun - self.arrived


@dataclass
class _Queue:
    """The messages in the queue: those in the window, by group, and those behind it."""

    window: int
    seen: int = 0
    waiting: dict[int, deque[float]] = field(default_factory=dict)
    ready: deque[int] = field(default_factory=deque)
    busy: set[int] = field(default_factory=set)
    behind: deque[tuple[int, float]] = field(default_factory=deque)

    def arrive(self, group: int, now: float) -> None:
        if self.seen >= self.window:
            self.behind.append((group, now))
        else:
            self._show(group, now)

    def take(self) -> tuple[int, float]:
        group = self.ready.popleft()
        self.busy.add(group)
        return group, self.waiting[group].popleft()

    def delete(self, group: int) -> None:
        """Delete a message: its group is free again, and the window moves on by one message."""
        self.busy.discard(group)
        self.seen -= 1
        if self.waiting[group]:
            self.ready.append(group)
        else:
            del self.waiting[group]
        if self.behind:
            self._show(*self.behind.popleft())

    def _show(self, group: int, arrived: float) -> None:
        self.seen += 1
        line = self.waiting.setdefault(group, deque())
        if not line and group not in self.busy:
            self.ready.append(group)
        line.append(arrived)


def simulate(
    arrivals: Iterable[tuple[float, int]], workers: int, service: Callable[[], float], window: int = WINDOW
) -> Iterator[Handled]:
    """Simulate the queue and yield each message when it is done.

    Args:
        arrivals: second and group of each message, in order of time.
        workers: how many messages are handled at once; one at most of each group.
        service: returns the seconds that the next message takes, with polling and deleting.
        window: in how many of the first messages SQS looks for available groups.
    """
    queue = _Queue(window)
    running: list[tuple[float, int, float, float]] = []
    coming = iter(arrivals)
    following = next(coming, None)
    while following or running:
        if following and (not running or following[0] <= running[0][0]):
            now, group = following
            queue.arrive(group, now)
            following = next(coming, None)
        else:
            now, group, arrived, begun = heapq.heappop(running)
            yield Handled(group, arrived, begun, now)
            queue.delete(group)
        while queue.ready and len(running) < workers:
            group, arrived = queue.take()
            heapq.heappush(running, (now + service(), group, arrived, now))
