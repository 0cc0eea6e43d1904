"""Rounds: calls fail in one way for two accounts, while a calm account sends the same story beside them."""

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
"""The calls that record poison and dead-letter it."""
ONCE = frozenset({Way.THROTTLED, Way.UNANSWERED, Way.SILENT})
"""The faults that strike one more account once. The SDK's retry is the same after all similar faults."""


@dataclass
class Round:
    """The broken calls and the accounts of a round; `made` and `seconds` are known after the run.

    Attributes:
        once: the account for which a call fails once, if there is one.
        lasting: the accounts for which it fails for longer than the SDK tries.
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
        """All accounts for which a call failed."""
        return (*((self.once,) if self.once else ()), *self.lasting)


def named(name: str, broken: Iterable[tuple[Call, Way, int]]) -> list[Round]:
    """A round for each call, way and number of faults; all run together."""
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
    """A round for each fault of one service only."""
    return named(name, OWN)


def nameless(name: str, way: Way, calm: Account) -> Round:
    """One round for the calls that name no account: any caller is hit."""
    accounts = tuple(Account(f"{name}s{letter}x", poisoned=letter == "a") for letter in "abc")
    calls = tuple(call for call in NAMELESS if can_be(call, way))
    broken = [rules(call, way, "", outlasting(call, way)) for call in calls]
    return Round(way, calls, tuple(rule for one in broken for rule in one), None, accounts, calm)


def run_rounds(stack: Stack, rounds: Sequence[Round]) -> None:
    """Run rounds at the same time, with their calm account unless that has run already."""
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
    """Make the functions fetch their secrets again: ingest by time, consumer and worker in new processes."""
    stack.cloud.advance(301)
    kill(stack, "ConsumerFunction|EffectsFunction")


def kill(stack: Stack, functions: str) -> int:
    """SIGKILL the processes of functions, by a pattern of their names; return how many. The emulator starts others."""
    emulator = str(stack.cloud._emulator.process.pid)  # noqa: SLF001 - only the emulator knows the processes
    command = ["pgrep", "--parent", emulator, "--full", functions]
    found = subprocess.run(command, capture_output=True, text=True, check=False).stdout.split()  # noqa: S603 - fixed
    for process in found:
        os.kill(int(process), signal.SIGKILL)
    return len(found)
