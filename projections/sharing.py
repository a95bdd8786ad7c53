"""Sharing out: whole pence among those who pay for a package, so that nothing is lost."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from math import floor


def shared(pence: int, parts: Iterable[tuple[str, Decimal]]) -> dict[str, int]:
    """*pence* among payers by their per cent, which add up to 100: the sum is *pence* again.

    By largest remainder (Hamilton's method): each gets its part rounded down, and the pence
    left over go one by one to those who lost most by it; of equals to the name that sorts first.
    """
    percents: dict[str, Decimal] = defaultdict(Decimal)
    for name, percent in parts:
        percents[name] += percent
    exact = {name: pence * Fraction(part) / 100 for name, part in percents.items()}
    whole = {name: floor(part) for name, part in exact.items()}
    left = pence - sum(whole.values())
    by_loss = sorted(exact, key=lambda name: (whole[name] - exact[name], name))
    for name in by_loss[:left]:
        whole[name] += 1
    return whole
