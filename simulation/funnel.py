"""A funnel: who lies above the upper 99.8 % limit around the common share."""

from __future__ import annotations

from collections.abc import Mapping
from math import sqrt
from statistics import fmean

UPPER_998 = 3.0902323061678132
"""The standard normal's 99.9th percentile."""


def above(counts: Mapping[str, tuple[int, int]]) -> list[str]:
    """Who, of (events, trials) by name; over-dispersion between names allowed for.

    Source: D. Spiegelhalter, Statistics in Medicine 24 (2005): an additive variance by
    the method of moments, from scores winsorised at the 10th and 90th percentile.
    """
    trials = sum(n for _, n in counts.values())
    share = sum(x for x, _ in counts.values()) / trials if trials else 0.0
    if len(counts) < 3 or not 0 < share < 1:
        return []
    variances = {name: share * (1 - share) / n for name, (_, n) in counts.items()}
    scores = {
        name: (x / n - share) / sqrt(variances[name]) for name, (x, n) in counts.items()
    }
    ordered = sorted(scores.values())
    low, high = _quantile(ordered, 0.1), _quantile(ordered, 0.9)
    dispersion = fmean(max(low, min(high, score)) ** 2 for score in ordered)
    weights = [1 / variance for variance in variances.values()]
    spread = sum(weights) - sum(w * w for w in weights) / sum(weights)
    between = max(0.0, (len(counts) * (dispersion - 1) + 1) / spread)
    return [
        name
        for name, (x, n) in counts.items()
        if x / n > share + UPPER_998 * sqrt(variances[name] + between)
    ]


def _quantile(ordered: list[float], part: float) -> float:
    place = part * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (place - low) * (ordered[high] - ordered[low])
