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


def differences(one: Rows, other: Rows, without: Iterable[str] = ()) -> list[str]:
    """What differs, in words: nothing where both say the same.

    Of one visit two carers may each have been elsewhere: these share a key.
    """
    left, right = (
        {(f["key"], f.get("carer") or ""): comparable(f) for f in rows}
        for rows in (one, other)
    )
    found = [f"{key}: only in the first" for key in left.keys() - right.keys()]
    found += [f"{key}: only in the second" for key in right.keys() - left.keys()]
    for key in left.keys() & right.keys():
        names = (left[key].keys() | right[key].keys()) - set(without)
        found += [
            f"{key}: {name} {left[key].get(name)!r} but {right[key].get(name)!r}"
            for name in names
            if left[key].get(name) != right[key].get(name)
        ]
    return sorted(found)
