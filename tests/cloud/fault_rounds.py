"""Rounds: calls that fail in one way for two accounts, while a calm one lives through the same story beside them."""

import os
import signal
import subprocess
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cli.local.stack import Stack
from infra.local_cloud.faults import Rule
from tests.cloud.parallel_accounts import Account, live
from tests.cloud.wire_faults import CLAIM, MARK, NAMED, NAMELESS, OWN, TRANSACT, Call, Way, can_be, outlasting, rules

POISONED = frozenset({TRANSACT, CLAIM, MARK, *NAMELESS})
"""The calls by which poison is recorded, and counted out."""
ONCE = frozenset({Way.THROTTLED, Way.UNANSWERED, Way.SILENT})
"""The faults that happen to one more account, once: the SDK's own retry is the same after all that are like them."""


@dataclass
class Round:
    """What was broken and for whom; `made` and `seconds` are known once it was played.

    Attributes:
        once: the account for which a call fails once, if there is one.
        lasting: those for which it fails for longer than the SDK tries.
        calm: an account for which nothing fails.
    """

    way: Way
    calls: tuple[Call, ...]
    rules: tuple[Rule, ...]
    once: Account | None
    lasting: tuple[Account, ...]
    calm: Account
    made: tuple[int, ...] = ()
    seconds: float = 0

    @property
    def accounts(self) -> tuple[Account, ...]:
        """All for whom something failed."""
        return (*((self.once,) if self.once else ()), *self.lasting)


def named(name: str, broken: Iterable[tuple[Call, Way, int]]) -> list[Round]:
    """A round for each call with the number of faults that it is to outlast; they are to be played together."""
    calm = Account(f"{name}calmx")
    rounds = []
    for number, (call, way, times) in enumerate(broken):
        once = Account(f"{name}n{number}ax") if way in ONCE else None
        lasting = Account(f"{name}n{number}bx", poisoned=call in POISONED)
        broken_once = rules(call, way, once.mark, 1) if once else ()
        rounds.append(Round(way, (call,), broken_once + rules(call, way, lasting.mark, times), once, (lasting,), calm))
    return rounds


def common(name: str, way: Way) -> list[Round]:
    """A round for each call that names its account."""
    return named(name, [(call, way, outlasting(call, way)) for call in NAMED])


def own(name: str) -> list[Round]:
    """A round for each fault of a service's own."""
    return named(name, OWN)


def nameless(name: str, way: Way, calm: Account) -> Round:
    """One round for the calls that name no account: whoever calls is hit."""
    accounts = tuple(Account(f"{name}s{letter}x", poisoned=letter == "a") for letter in "abc")
    calls = tuple(call for call in NAMELESS if can_be(call, way))
    broken = [rules(call, way, "", outlasting(call, way)) for call in calls]
    return Round(way, calls, tuple(rule for one in broken for rule in one), None, accounts, calm)


def run_rounds(stack: Stack, rounds: Sequence[Round]) -> None:
    """Play them at the same time, with their calm account, unless that has lived already."""
    started = time.monotonic()
    late = max(call.gives_up for one in rounds for call in one.calls) + 1 if rounds[0].way is Way.LATE else 0
    if rounds[0].calls[0] in NAMELESS:
        forget_secrets(stack)
    stack.cloud.faults.set([rule for one in rounds for rule in one.rules])
    calm = {one.calm.mark: one.calm for one in rounds if not one.calm.began}.values()
    live(stack, [*calm, *(account for one in rounds for account in one.accounts)], late=late)
    made = iter(stack.cloud.faults.made())
    for one in rounds:
        one.made = tuple(next(made) for _ in one.rules)
        one.seconds = time.monotonic() - started
    stack.cloud.faults.set([])


def forget_secrets(stack: Stack) -> None:
    """Have the functions fetch their secrets again: ingest by time, consumer and worker in new processes."""
    stack.cloud.advance(301)
    kill(stack, "ConsumerFunction|EffectsFunction")


def kill(stack: Stack, functions: str) -> int:
    """SIGKILL the processes of functions, by a pattern of their names; how many. The emulator starts others."""
    emulator = str(stack.cloud._emulator.process.pid)  # noqa: SLF001 - a function's process is the emulator's own affair
    command = ["pgrep", "--parent", emulator, "--full", functions]
    found = subprocess.run(command, capture_output=True, text=True, check=False).stdout.split()  # noqa: S603 - fixed
    for process in found:
        os.kill(int(process), signal.SIGKILL)
    return len(found)
