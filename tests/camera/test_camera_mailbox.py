"""The mailbox: the newest frame wins, drops are counted, nobody hangs."""

import threading

import numpy as np
from patience import PATIENCE_S

from mirror.camera.buffers import Buffers, seal
from mirror.camera.frame import Frame, Layout
from mirror.camera.mailbox import Mailbox


def frame(index: int) -> Frame:
    pixels = np.full((2, 2, 3), index % 256, np.uint8)
    return Frame(pixels, t=index / 30, index=index, layout=Layout.BGR, size=(2, 2))


def test_the_newest_frame_wins_and_the_replaced_ones_are_counted() -> None:
    mailbox = Mailbox()
    for index in range(3):
        mailbox.put(frame(index))
    taken = mailbox.take(timeout=0)
    assert taken is not None
    assert taken.index == 2
    assert (mailbox.dropped, mailbox.delivered) == (2, 1)


def test_a_frame_is_taken_once_but_can_be_looked_at_again_and_again() -> None:
    mailbox = Mailbox()
    assert mailbox.latest() is None
    mailbox.put(frame(7))
    assert mailbox.latest() is mailbox.latest()
    assert mailbox.take(timeout=0) is mailbox.latest()
    assert mailbox.take(timeout=0) is None
    assert mailbox.latest() is not None
    mailbox.put(frame(8))
    assert mailbox.dropped == 0, "the screen's look is no take, and a taken frame is no drop"


def test_closing_wakes_everybody_who_waits() -> None:
    mailbox = Mailbox()
    answers: list[Frame | None] = []
    waiters = [threading.Thread(target=lambda: answers.append(mailbox.take()), daemon=True) for _ in range(3)]
    for waiter in waiters:
        waiter.start()
    mailbox.close()
    mailbox.close()
    for waiter in waiters:
        waiter.join(PATIENCE_S)
    assert answers == [None, None, None]


def test_the_last_frame_can_be_taken_after_the_close_and_later_ones_are_ignored() -> None:
    mailbox = Mailbox()
    mailbox.put(frame(1))
    mailbox.close()
    mailbox.put(frame(2))
    taken = mailbox.take()
    assert taken is not None
    assert taken.index == 1
    assert mailbox.take() is None
    assert mailbox.closed


def test_every_frame_put_by_one_thread_is_either_taken_by_another_or_counted_as_dropped() -> None:
    mailbox = Mailbox()
    seen: list[int] = []

    def look() -> None:
        while (taken := mailbox.take(PATIENCE_S)) is not None:
            seen.append(taken.index)

    eyes = threading.Thread(target=look, daemon=True)
    eyes.start()
    for index in range(5000):
        mailbox.put(frame(index))
    mailbox.close()
    eyes.join(PATIENCE_S)
    assert not eyes.is_alive()
    assert seen == sorted(set(seen))
    assert seen[-1] == 4999
    assert mailbox.delivered == len(seen)
    assert mailbox.delivered + mailbox.dropped == 5000


def test_a_picture_somebody_still_looks_at_is_never_overwritten_and_memory_is_used_again() -> None:
    buffers = Buffers((4, 4, 3))
    mailbox = Mailbox()
    mismatches: list[int] = []
    done = threading.Event()

    def look(next_frame) -> None:
        while not done.is_set():
            seen = next_frame()
            if seen is None:
                continue
            part = seen.pixels[1:3]  # a view must keep the picture as well as the frame does
            index = seen.index
            del seen
            for _ in range(50):
                if not (part == index % 251).all():
                    mismatches.append(index)
            del part  # one picture is held at a time, also while the next one is waited for

    eyes = threading.Thread(target=look, args=(lambda: mailbox.take(0.01),), daemon=True)
    screen = threading.Thread(target=look, args=(mailbox.latest,), daemon=True)
    eyes.start()
    screen.start()
    for index in range(4000):
        pixels = buffers.lend()
        pixels[:] = index % 251
        mailbox.put(Frame(seal(pixels), index / 30, index, Layout.BGR, (4, 4)))
    done.set()
    mailbox.close()
    eyes.join(PATIENCE_S)
    screen.join(PATIENCE_S)
    assert mismatches == []
    assert buffers.allocated <= 5


def test_memory_is_lent_again_as_soon_as_nobody_holds_the_picture() -> None:
    buffers = Buffers((3, 5))
    first = buffers.lend()
    kept = first[1:]
    place = first.ctypes.data
    del first
    second = buffers.lend()
    assert second.ctypes.data != place, "a view of the first picture is still held"
    del kept, second
    assert buffers.allocated == 2
    assert {buffers.lend().ctypes.data for _ in range(10)} <= {place, buffers.lend().ctypes.data}
    assert buffers.allocated == 2


def test_a_sealed_picture_cannot_be_changed_by_whoever_gets_it() -> None:
    pixels = seal(Buffers((2, 2, 3)).lend())
    try:
        pixels[0, 0] = 1
    except ValueError:
        return
    raise AssertionError("a frame's pixels must be read-only")
