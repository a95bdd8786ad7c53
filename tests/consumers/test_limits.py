"""Limits: a batch comes through whole, and the next waits; no sender takes from another."""

from __future__ import annotations

import pytest

from consumers import limits
from consumers.limits import Limits, TooMuch


class Watch:
    """A watch that stands where it is put."""

    def __init__(self) -> None:
        self.at = 0.0

    def __call__(self) -> float:
        return self.at


def refused(held: Limits, sender: str) -> TooMuch:
    """How a request of *sender* is refused."""
    with pytest.raises(TooMuch) as told, held.request(sender):
        pass
    return told.value


def test_ten_seconds_worth_may_come_at_once_and_then_as_many_as_a_second_allows() -> None:
    # given five events a second
    watch = Watch()
    held = Limits(5, 1_000, watch)

    # when fifty requests come at once, then the next waits
    for _ in range(50):
        with held.request("ash"):
            pass
    assert refused(held, "ash").seconds == 1

    # and after a second five more come through
    watch.at = 1.0
    for _ in range(5):
        with held.request("ash"):
            pass
    assert refused(held, "ash").whose == "sender"


def test_a_batch_larger_than_the_account_comes_through_and_is_paid_for_after() -> None:
    # given ten events a second, a hundred at once
    watch = Watch()
    held = Limits(10, 10_000, watch)

    # when a batch of a thousand comes
    with held.request("ash") as taken:
        taken.count(1_000)

    # then the next is told to wait for as long as the batch was too large, and no longer
    wait = refused(held, "ash").seconds
    assert wait == 91
    watch.at = wait - 2
    refused(held, "ash")
    watch.at = wait
    with held.request("ash"):
        pass


def test_what_is_saved_up_is_bounded() -> None:
    # given a sender that was silent for a day
    watch = Watch()
    held = Limits(1, 1_000, watch)
    watch.at = 86_400.0

    # when it comes, then it has ten seconds' worth
    for _ in range(10):
        with held.request("ash"):
            pass
    refused(held, "ash")


def test_one_senders_excess_is_not_anothers() -> None:
    # given a sender that has used up its account
    held = Limits(1, 1_000, Watch())
    with held.request("ash") as taken:
        taken.count(500)
    refused(held, "ash")

    # when another comes, then it is taken
    with held.request("birch"):
        pass


def test_events_that_wait_to_be_recorded_are_bounded_for_each_sender() -> None:
    # given a sender with as many events under way as it may have
    held = Limits(1_000, 10, Watch())
    with held.request("ash") as taken:
        taken.count(10)

        # when it sends more meanwhile, then that waits; another's does not
        assert refused(held, "ash").seconds == 1
        with held.request("birch"):
            pass

    # and once they are recorded it goes on
    with held.request("ash"):
        pass


def test_requests_that_are_answered_at_once_are_bounded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # given a bound of two requests
    monkeypatch.setattr(limits, "MOST_REQUESTS", 2)
    held = Limits(1_000, 1_000, Watch())

    # when a third comes while two are answered, then it waits
    with held.request("ash"), held.request("ash"):
        refused(held, "ash")
    with held.request("ash"):
        pass


def test_bodies_that_are_held_are_bounded_for_all_together() -> None:
    # given room for ten bytes
    held = Limits(1_000, 1_000, Watch(), most_held=10)
    with held.request("ash") as first, held.request("birch") as second:
        first.hold(6)
        second.hold(4)

        # when more comes, then there is no room, and that is nobody's own fault
        with pytest.raises(TooMuch) as told:
            second.hold(1)
        assert told.value.whose == "all"

    # and what was answered leaves its room, also what was refused
    with held.request("ash") as third:
        third.hold(10)


def test_a_request_that_fails_gives_back_what_it_took() -> None:
    # given a request that fails when it holds something
    held = Limits(1_000, 1, Watch(), most_held=10)

    def fail() -> None:
        with held.request("ash") as taken:
            taken.hold(10)
            taken.count(3)
            raise ArithmeticError

    # when it has failed, then there is room for the next
    for _ in range(3):
        with pytest.raises(ArithmeticError):
            fail()
    with held.request("ash") as taken:
        taken.hold(10)
