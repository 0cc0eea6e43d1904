"""Carries out a redrive: starts it, shows its progress, stops it when events fail again, and writes the audit log."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from cli.operate.again import SECONDS, TOLERATED, Watch, same_causes
from cli.operate.audit import Change, Outcome, audited
from cli.operate.letters import Letter, chosen, holding_of, letters_in
from cli.operate.move_all import move_all
from cli.operate.move_some import Move
from cli.operate.stop import Stop, between_messages
from cli.see.filters import read_filters
from cli.see.inbox import Tables, tables_of
from cli.see.screen import Screen, counted
from cli.where import Where

SOURCES = {"dlq.fifo": "events.fifo", "effects-dlq": "effects", "mails-dlq": "mails"}
"""The queue that each dead-letter queue serves."""
NAMED = 100
"""Events that an entry of the audit log names, at most."""


@dataclass(frozen=True)
class Asked:
    """What somebody asked to redrive."""

    queue: str
    filters: tuple[str, ...] = ()
    cause: str = ""
    most: int | None = None
    pace: int | None = None

    @property
    def source(self) -> str:
        """The queue that the messages go back to."""
        return SOURCES[self.queue]

    @property
    def is_whole(self) -> bool:
        """Whether the whole queue is asked for, which SQS itself moves."""
        return not (self.filters or self.cause or self.most)

    @property
    def selection(self) -> dict[str, Any]:
        """As a plan and the audit log name it."""
        return {
            "queue": self.queue,
            "filters": list(self.filters),
            "cause": self.cause,
            "most": self.most,
            "pace": self.pace,
        }

    def letters(self, tables: Tables) -> list[Letter]:
        """The dead letters that the inbox knows, and that are asked for, the oldest first."""
        wanted = read_filters(self.filters, int(time.time()))
        return chosen(letters_in(tables.unfinished(), self.queue), self.cause, wanted, self.most)


def carry_out(  # noqa: PLR0913 - a redrive, and where its progress shows
    where: Where, asked: Asked, letters: Sequence[Letter], screen: Screen, plan: str, *, watched: bool
) -> int:
    """Redrive the letters; returns the exit code.

    Raises:
        KeyboardInterrupt: Ctrl-C has stopped it between two messages. Moved messages stay moved.
        RefusedError: the audit log cannot be written, so nothing was changed.
        botocore.exceptions.ClientError, BotoCoreError: AWS refused. Moved messages stay moved.
    """
    by_id = {one.event_id: one for one in letters}
    change = Change("redrive", {**asked.selection, "events": list(by_id)[:NAMED]}, plan)
    watch = Watch(tables_of(where), asked.queue, by_id) if watched else None
    with audited(where, change) as outcome:
        stop = Stop(screen, watch, len(letters))
        if not asked.is_whole:
            return _some(where, asked, stop, by_id, outcome)
        ended = move_all(where, asked.queue, asked.pace, stop, outcome, list(by_id))
        return _end(where, stop, by_id, outcome) if ended is None else ended


def _some(where: Where, asked: Asked, stop: Stop, letters: dict[str, Letter], outcome: Outcome) -> int:
    move = Move(
        where.client("sqs"), where.queue(asked.queue), where.queue(asked.source), frozenset(letters), stop.go_on
    )
    move.pace = asked.pace
    with between_messages(stop):
        try:
            move.run()
        finally:
            outcome["moved"] = len(move.sent)
        glued = "\n" if stop.interrupted else ""
        stop.screen.say(f"{glued}{counted(len(move.sent), 'message')} moved to {asked.source}")
        if stop.watch and (stop.interrupted or not stop.why):
            stop.look(stop.watch.until_settled(move.sent, SECONDS, lambda: not stop.why))
        if stop.interrupted and not glued:
            stop.screen.say("")
    left = [] if stop.why else _left(where, asked, letters, move.sent, stop.screen, outcome)
    return _end(where, stop, letters, outcome) or (1 if left else 0)


def _left(  # noqa: PLR0913, PLR0917 - a move, and where it is told
    where: Where, asked: Asked, letters: dict[str, Letter], sent: Sequence[str], screen: Screen, outcome: Outcome
) -> list[str]:
    """The events that the move did not come upon, and that are still as they were; tells of them and of the others."""
    missed = [event_id for event_id in letters if event_id not in set(sent)]
    now = {str(item["id"]): holding_of(item, asked.queue) for item in tables_of(where).items(missed)}
    left = [one for one in missed if now.get(one) == holding_of(letters[one].item, asked.queue)]
    if elsewhere := len(missed) - len(left):
        outcome["moved by somebody else"] = elsewhere
        screen.say(f"{counted(elsewhere, 'message')} moved by somebody else meanwhile")
    if left:
        outcome["not reached"] = len(left)
        for line in _unreached(asked, left):
            screen.say(line)
    return left


def _unreached(asked: Asked, left: Sequence[str]) -> Iterator[str]:
    """What to do about events that the move did not come upon."""
    yield f"{counted(len(left), 'event')} could not be reached in {asked.queue}:"
    yield f"  {' '.join(left[:10])}" + (" …" if left[10:] else "")
    if asked.queue == "dlq.fifo":
        yield "  SQS shows the first ten messages of a group: ten others may be in front of these."
        yield "  Or another redrive holds them, or has just moved them: ./billhook dead tells in two minutes."
        yield "  If ten others are in front, redrive those first, or queue these from the archive:"
        yield f"  ./billhook replay {f"--cause '{asked.cause}'" if asked.cause else ' '.join(left[:10])}"
        yield "  An event without an archived payload comes from Stripe: stripe events resend evt_…"
    else:
        yield "  SQS has yet to move them there, or somebody looks at them. Try again in two minutes,"
        yield "  or hand them over again: ./billhook handover --failed"


def _end(where: Where, stop: Stop, letters: dict[str, Letter], outcome: Outcome) -> int:
    """Say how the redrive ended; returns the exit code, and raises KeyboardInterrupt if Ctrl-C has stopped it."""
    if stop.watch:
        stop.screen.say(str(stop.seen))
        outcome["settled"], outcome["failed again"] = len(stop.seen.settled), len(stop.seen.failed)
        for event_id, error in stop.seen.failed[:TOLERATED]:
            stop.screen.say(f"  {event_id}  ", (error, "red"))
        if stop.seen.failed:
            local = "" if where.stack else " --local"
            stop.screen.say((f"If you have mended the code, is it deployed? ./billhook deploy{local}", "yellow"))
    if stop.why:
        outcome.state = "stopped"
        same = " with the same cause" if stop.seen.failed and same_causes(stop.seen, letters) else ""
        rest = "what was not moved is still there" if outcome["moved"] < len(letters) else "all messages are moved"
        stop.screen.say(f"{stop.why}{same if 'failed' in stop.why else ''}; {rest}")
        if stop.interrupted:
            raise KeyboardInterrupt
        return 1
    stop.screen.say("done; ./billhook dead tells of those that fail again")
    return 1 if stop.seen.failed else 0
