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
    """One message on its way: its group, and when it arrived, was begun and was done, in seconds."""

    group: int
    arrived: float
    begun: float
    done: float

    @property
    def waited(self) -> float:
        """Seconds from arrival to the beginning of work."""
        return self.begun - self.arrived


@dataclass
class _Queue:
    """What SQS holds: the messages it looks at, by group, and those behind the window."""

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
        """A message is done: its group is free again, and the window reaches one message further."""
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
    """Every message as it is done.

    Args:
        arrivals: seconds and group, in the order of time.
        workers: how many messages are worked on at once; a group never has more than one.
        service: how many seconds the next message takes, polling and deleting included.
        window: how many of the queue's first messages SQS looks at.
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
