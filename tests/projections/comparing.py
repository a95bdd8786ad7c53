"""Two lists of findings side by side, by key."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

Rows = Iterable[Mapping[str, Any]]


def comparable(finding: Mapping[str, Any]) -> dict[str, Any]:
    """A finding without what means nothing: the order of its evidence, absent nulls."""
    cited = {(one["source"], one["id"]) for one in finding.get("evidence") or ()}
    plain = {name: value for name, value in finding.items() if value is not None}
    return {**plain, "evidence": cited}


def by_key(rows: Rows) -> dict[str, list[dict[str, Any]]]:
    """Findings by their key, which a few share: two carers who were elsewhere at once."""
    found: dict[str, list[dict[str, Any]]] = {}
    for finding in sorted(map(comparable, rows), key=lambda f: (f["key"], _order(f))):
        found.setdefault(finding["key"], []).append(finding)
    return found


def _order(finding: Mapping[str, Any]) -> str:
    return repr([finding.get(name) for name in ("carer", "visit", "minutes", "pence")])


def differences(one: Rows, other: Rows, without: Iterable[str] = ()) -> list[str]:
    """What differs, in words: nothing where both say the same."""
    left, right = by_key(one), by_key(other)
    found = []
    for key in sorted(left.keys() | right.keys()):
        ours, theirs = left.get(key, []), right.get(key, [])
        if len(ours) != len(theirs):
            found.append(
                f"{key}: {len(ours)} times in the first, {len(theirs)} in the second"
            )
        for first, second in zip(ours, theirs, strict=False):
            found += [
                f"{key}: {name} {first.get(name)!r} but {second.get(name)!r}"
                for name in sorted((first.keys() | second.keys()) - set(without))
                if first.get(name) != second.get(name)
            ]
    return found
