"""Reading: what bytes mean one thing, and what makes two contents one content."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from consumers.messages import read_event
from consumers.reading import NotReadable, digest, read_json
from record.arrivals import Unreadable
from tests.feeds import heartbeat, line


def same(one: str, other: str) -> bool:
    """Whether two JSON texts have one content."""
    return digest(read_json(one.encode())) == digest(read_json(other.encode()))


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b'{"a": 1, "a": 1}', "a name occurs twice in one object"),
        (b'{"a": {"b": [{"c": 1, "c": 2}]}}', "a name occurs twice in one object"),
        (b'{"a": 1, "\\u0061": 1}', "a name occurs twice in one object"),
        (b'{"a": NaN}', "NaN and Infinity are no JSON numbers"),
        (b'[Infinity]', "NaN and Infinity are no JSON numbers"),
        (b'[-Infinity]', "NaN and Infinity are no JSON numbers"),
        (b'[1e999]', "a number is too large to be kept"),
        (b'"\xff"', "not UTF-8 text"),
        (b'"\xed\xa0\x80"', "not UTF-8 text"),
        ("{}".encode("utf-16"), "not UTF-8 text"),
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (b"{} {}", "not JSON"),
        (b"{'a': 1}", "not JSON"),
        (b'{"a": 01}', "not JSON"),
        (b'{"a": 1,}', "not JSON"),
        (b'"a\nb"', "not JSON"),
        (b"[" * 100_000, "nested too deeply"),
        (b"9" * 5_000, "too many digits"),
    ],
    ids=lambda case: case[:20].decode("latin-1") if isinstance(case, bytes) else "",
)  # fmt: skip
def test_doubtful_bytes_are_no_json(raw: bytes, reason: str) -> None:
    # given bytes that strict readers differ on; when they are read, then they are refused
    with pytest.raises(NotReadable, match=reason):
        read_json(raw)


@pytest.mark.parametrize(
    "value",
    [
        '"\\ud800"', '"\\udc00\\ud800"', '{"\\ud800": 1}',
        "[" * 300 + "]" * 300,
        "[" * 900 + "]" * 900,
        f"[{2**70}, {'[' * 900}{']' * 900}]",
        '{"a": ' * 450 + str(-(2**80)) + "}" * 450,
    ],
    ids=["high", "low first", "in a name", "300 deep", "900 deep", "wide and deep",
         "wide inside deep"],
)  # fmt: skip
def test_an_event_with_what_cannot_be_written_again_is_quarantined(value: str) -> None:
    # given an event with a lone surrogate, or nested beyond what readers follow
    raw = line(heartbeat("a"))[:-2] + f'"x": {value}}}}}'.encode()
    # when it is read, then that is said, and nothing is raised
    assert isinstance(read_event(raw), Unreadable)


@pytest.mark.parametrize(
    "number",
    ["1e-400", "1e-99999999999999999999", "0e99999999999999999999", "-0", "1E400",
     "1" * 4_000, "0." + "1" * 5_000, "1e308"],
    ids=lambda number: number[:12],
)  # fmt: skip
def test_no_number_is_more_than_a_reader_can_bear(number: str) -> None:
    # given an event with an extreme number; when it is read
    raw = line(heartbeat("a"))[:-2] + f'"x": {number}}}}}'.encode()
    arrival = read_event(raw)
    # then it is readable, or a number is said to be the reason
    if isinstance(arrival, Unreadable):
        assert "number" in arrival.reason


@pytest.mark.parametrize(
    "family",
    [
        ["30", "30.0", "3e1", "3E+1", "300e-1", "30.000", "0.3e2"],
        ["0", "-0", "0.0", "-0.0", "0e5", "0E-7"],
        ["0.1", "1e-1", "0.10", "10E-2"],
        ["1e20", "100000000000000000000", "100000000000000000000.0"],
        ["18446744073709551616", "18446744073709551616.0", "1.8446744073709551616e19"],
        ["-9223372036854775809", "-9223372036854775809.0"],
        ["1e22", "10000000000000000000000"],
        ["-1.5", "-15e-1"],
    ],
)
def test_numbers_are_equal_by_value_however_they_are_written(family: list[str]) -> None:
    # given one number in many ways; when they are compared, then they are one content
    for other in family[1:]:
        assert same(f'{{"n": {family[0]}}}', f'{{"n": {other}}}')


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("0.1", "0.1000000000000000055511151231257827"),
        ("9007199254740993.0", "9007199254740992"),
        ("9007199254740993.0", "9007199254740992.0"),
        ("18446744073709551616", "18446744073709551617"),
        ("1", "true"), ("0", "false"), ("0", "null"), ("1", '"1"'), ("1", "-1"),
        ("[1]", "1"), ("[1, 2]", "[2, 1]"), ("{}", "[]"), ('{"a": null}', "{}"),
        ('"a"', '"A"'), ('"\\u00e9"', '"e\\u0301"'), ('"a"', '"a "'), ('""', "null"),
        ("1e-400", "0"), ("1e-400", "1e-401"),
    ],
)  # fmt: skip
def test_contents_that_differ_are_told_apart(one: str, other: str) -> None:
    # given two contents that a careless reader takes for one; then they are two
    assert not same(one, other)


NUMBERS = st.one_of(
    st.integers(-(10**25), 10**25).map(str),
    st.decimals(allow_nan=False, allow_infinity=False, places=12).map(str),
    st.builds(
        "{}{}e{}".format, st.integers(-999, 999), st.sampled_from(["", ".5", ".250"]),
        st.integers(-30, 30),
    ),
    st.floats(allow_nan=False, allow_infinity=False).map(repr),
)  # fmt: skip


@settings(max_examples=500)
@given(NUMBERS, NUMBERS)
def test_two_numbers_have_one_content_exactly_when_they_are_equal(
    one: str, other: str
) -> None:
    # given any two numbers; then equal values, and only they, have one content
    assert same(one, other) == (Decimal(one) == Decimal(other))


@settings(max_examples=300)
@given(NUMBERS, st.integers(0, 12))
def test_a_number_with_its_point_moved_and_its_exponent_with_it_is_the_same(
    number: str, by: int
) -> None:
    # given a number; when it is written with another exponent, then it is the same
    _, digits, exponent = Decimal(number).as_tuple()
    assert isinstance(exponent, int)
    minus = "-" if Decimal(number).is_signed() else ""
    whole = "".join(map(str, digits)) or "0"
    assert same(number, f"{minus}{int(whole)}{'0' * by}e{exponent - by}")


TEXT = st.text(st.characters(codec="utf-8"), max_size=8)
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=300)
@given(VALUES, st.randoms(use_true_random=False))
def test_order_of_names_white_space_and_escapes_do_not_count(
    value: Any, chance: Any
) -> None:
    # given any value, and the same with its names in another order
    def shuffled(part: Any) -> Any:
        if isinstance(part, dict):
            names = list(part)
            chance.shuffle(names)
            return {name: shuffled(part[name]) for name in names}
        return [shuffled(item) for item in part] if isinstance(part, list) else part

    one = json.dumps(value, ensure_ascii=False)
    other = json.dumps(
        shuffled(value), ensure_ascii=True, indent=chance.choice([None, 2])
    )
    # when they are compared, then they are one content
    assert same(one, other)


@settings(max_examples=300)
@given(VALUES, VALUES)
def test_values_that_differ_have_two_contents(one: Any, other: Any) -> None:
    # given two values that differ, true and 1 apart; then they are two contents
    texts = [json.dumps(value, sort_keys=True) for value in (one, other)]
    assume(texts[0] != texts[1])
    assert not same(*texts)
