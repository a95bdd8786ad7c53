"""Kinds about contracts beside each other: bought twice, drawn on too little, ending."""

from collections.abc import Callable, Iterator
from itertools import permutations
from typing import Any

from .contracts import Contract
from .council import Council
from .moments import DAY, days_from, monday_of
from .policy import exact
from .rows import Finding, of_contract, price
from .weeks import lower_median


def a_week(council: Council, contract: Contract) -> int | None:
    """Return what a contract costs a week, on today's terms."""
    today = council.ground.today
    minutes = int(contract.term("weekly_minutes", today))
    return price(minutes, contract.term("rate_pence_per_hour", today))


def duplicate_contract(council: Council) -> Iterator[Finding]:
    """The same calls are bought twice for one person."""
    days = int(council.ground.today_on("handover_days"))
    settled = [
        contract
        for contract in council.in_force
        if (council.ground.today - contract.starts_on).days > days
    ]
    for later, earlier in permutations(settled, 2):
        if order(later) > order(earlier) and doubles(council, later, earlier):
            yield of_contract(
                "duplicate_contract", later, "high", later.starts_on, earlier.reference,
                pence=a_week(council, later), policy={"handover_days": days},
            )  # fmt: skip


def order(contract: Contract) -> tuple[Any, str]:
    """Return what makes a contract the later of two."""
    return contract.starts_on, contract.reference


def doubles(council: Council, one: Contract, other: Contract) -> bool:
    """Say whether two contracts buy the same calls, and neither names the other."""
    if one.person is None or (one.person, one.service) != (other.person, other.service):
        return False
    named = {one.base.get(name) for name in Contract.NAMES}
    naming = {other.base.get(name) for name in Contract.NAMES}
    if other.reference in named or one.reference in naming:
        return False
    return bool(calls(council, one) & calls(council, other))


def calls(council: Council, contract: Contract) -> set[tuple[str, str]]:
    """Return the weekdays and starts of a contract's lines, as they are today."""
    lines = contract.lines_today(council.ground.today)
    return {(day, line["start"]) for line in lines for day in line["days"]}


def paid_twice_for_failure(council: Council) -> Iterator[Finding]:
    """A contract makes up for one that still runs."""
    running = {contract.reference: contract for contract in council.in_force}
    for contract in running.values():
        failed = running.get(contract.base.get("compensates_for") or "")
        if failed is not None and failed is not contract:
            yield of_contract(
                "paid_twice_for_failure", contract, "high", contract.starts_on,
                pence=a_week(council, failed),
            )  # fmt: skip


def block_unused(council: Council) -> Iterator[Finding]:
    """Too little is drawn from a block."""
    policy, today = council.ground.policy, council.ground.today
    back = int(policy.on(today, "lookback_weeks"))
    first = monday_of(today) - 7 * back * DAY
    persist = int(policy.on(today, "persist_weeks"))
    for block in council.contracts:
        mondays = [
            monday
            for monday in (first + 7 * n * DAY for n in range(back))
            if all(block.in_force(day) for day in days_from(monday, 7))
        ]
        if block.kind != "block" or not mondays:
            continue
        spare, unused = [], []
        for monday in mondays:
            bought = int(block.term("weekly_minutes", monday))
            used = drawn(council, block, monday)
            spare.append(max(0, bought - used))
            if used < (1 - exact(policy.on(monday, "unused_share"))) * bought:
                unused.append(monday)
        if unused and len(unused) >= persist:
            median = lower_median(spare)
            yield of_contract(
                "block_unused", block, "medium", unused[0], minutes=median,
                pence=price(median, block.term("rate_pence_per_hour", mondays[-1])),
                policy={
                    "lookback_weeks": back, "persist_weeks": persist,
                    "unused_share": policy.on(mondays[-1], "unused_share"),
                },
            )  # fmt: skip


def drawn(council: Council, block: Contract, monday: Any) -> int:
    """Return the minutes delivered in a week under the contracts that draw on a block."""
    return sum(
        visit.delivered
        for contract in council.contracts
        if contract.base.get("draws_on") == block.reference
        for visit in council.visits_of(contract)
        if monday_of(visit.due_on) == monday
    )


def end_approaching(council: Council) -> Iterator[Finding]:
    """A contract is about to end, and nothing follows it."""
    today = council.ground.today
    ahead = int(council.ground.today_on("end_ahead_days"))
    for contract in council.in_force:
        within = int(contract.term("notice_days", today)) + ahead
        ends_on = contract.ends_on
        if ends_on is None or (ends_on - today).days > within:
            continue
        if not any(follows(other, contract) for other in council.contracts):
            high = contract.notice_by == "provider"
            yield of_contract(
                "end_approaching", contract, "high" if high else "low", ends_on,
                policy={"end_ahead_days": ahead},
            )  # fmt: skip


def follows(other: Contract, ending: Contract) -> bool:
    """Say whether another contract of the person is in force after one has ended."""
    assert ending.ends_on is not None
    if other is ending or other.person is None or other.person != ending.person:
        return False
    if other.ends_on is None:
        return True
    return other.ends_on > ending.ends_on and other.ends_on >= other.starts_on


PACKAGE_KINDS: dict[str, Callable[[Council], Iterator[Finding]]] = {
    "duplicate_contract": duplicate_contract,
    "paid_twice_for_failure": paid_twice_for_failure,
    "block_unused": block_unused,
    "end_approaching": end_approaching,
}
