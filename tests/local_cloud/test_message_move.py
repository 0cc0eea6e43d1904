"""A dead-letter queue can be redriven, as by the console's button."""

import pytest
from botocore.exceptions import ClientError

from infra.local_cloud.cloud import LocalCloud

from .conftest import Queue, fifo_queue


def dead_lettered(cloud: LocalCloud, *bodies: str) -> tuple[Queue, Queue]:
    """A queue, and its dead-letter queue that holds these bodies."""
    dead_letters = fifo_queue(cloud)
    queue = fifo_queue(cloud, dead_letters)
    queue.send(*bodies)
    assert queue.bodies() == list(bodies)
    assert queue.bodies() == []
    return queue, dead_letters


def test_dead_letters_go_back_to_their_queue_in_order(cloud: LocalCloud) -> None:
    queue, dead_letters = dead_lettered(cloud, "first", "second", "third")

    cloud.client("sqs").start_message_move_task(SourceArn=dead_letters.arn)

    assert dead_letters.bodies() == []
    assert [message["Body"] for message in queue.receive()] == ["first", "second", "third"]


def test_a_redriven_message_starts_afresh_under_a_new_id(cloud: LocalCloud) -> None:
    queue, dead_letters = dead_lettered(cloud, "again")
    [dead] = dead_letters.receive(seconds_invisible=0)

    cloud.client("sqs").start_message_move_task(SourceArn=dead_letters.arn)

    [back] = queue.receive()
    assert back["MessageId"] != dead["MessageId"]
    assert back["Attributes"]["ApproximateReceiveCount"] == "1"
    assert back["Attributes"]["MessageGroupId"] == "group"
    assert "DeadLetterQueueSourceArn" not in back["Attributes"]


def test_the_task_says_how_many_it_moved(cloud: LocalCloud) -> None:
    _, dead_letters = dead_lettered(cloud, "first", "second")

    cloud.client("sqs").start_message_move_task(SourceArn=dead_letters.arn)

    [task] = cloud.client("sqs").list_message_move_tasks(SourceArn=dead_letters.arn)["Results"]
    assert (task["Status"], task["ApproximateNumberOfMessagesMoved"]) == ("COMPLETED", 2)


def test_a_message_that_was_sent_to_the_dead_letter_queue_is_refused_and_stays(cloud: LocalCloud) -> None:
    queue, dead_letters = dead_lettered(cloud, "dead-lettered")
    dead_letters.send("sent")

    cloud.client("sqs").start_message_move_task(SourceArn=dead_letters.arn)

    [task] = cloud.client("sqs").list_message_move_tasks(SourceArn=dead_letters.arn)["Results"]
    assert (task["Status"], task["FailureReason"]) == ("FAILED", "CouldNotDetermineMessageSource")
    assert (queue.bodies(), dead_letters.bodies()) == (["dead-lettered"], ["sent"])


def test_only_a_dead_letter_queue_can_be_redriven(cloud: LocalCloud) -> None:
    with pytest.raises(ClientError, match="must be configured as a Dead Letter Queue"):
        cloud.client("sqs").start_message_move_task(SourceArn=fifo_queue(cloud).arn)


def test_plain_ministack_still_has_no_redrive(plain_ministack: LocalCloud) -> None:
    with pytest.raises(ClientError, match="StartMessageMoveTask is not valid"):
        plain_ministack.client("sqs").start_message_move_task(SourceArn=fifo_queue(plain_ministack).arn)
