"""The findings of a feed without a store: its events decoded straight into columns."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

import duckdb

from consumers.messages import read_event
from consumers.release import _ruling
from domain.catalogue import TOPICS, WIRE
from projections import asking
from projections.asking import Moment
from projections.columns import all_tables
from projections.engine import Limits, connect
from projections.mirror import decode_tail
from projections.questions import kinds as all_kinds
from projections.scope import Scope
from projections.statements import make_schemas
from record.arrivals import Statement
from record.keyring import Key
from record.log_reading import Row
from record.mapper import StatementMapper
from record.ourselves import our_statement

MAPPER = StatementMapper(None)  # type: ignore[arg-type]


@cache
def columns() -> duckdb.DuckDBPyConnection:
    """Empty columns, used again for every feed of this process."""
    con = connect(Limits(threads=1))
    # In whichever order a few rows are joined: to look for the best takes longer than any.
    con.execute("SET disabled_optimizers = 'join_order'")
    con.execute("CREATE SCHEMA log; CREATE SCHEMA tail")
    for table in all_tables():
        con.execute(f"CREATE TABLE tail.{table.name} ({table.ddl})")
        con.execute(f"CREATE VIEW log.{table.name} AS FROM tail.{table.name}")
    make_schemas(con)
    return con


def load(feed: Iterable[Mapping[str, Any]], received_at: datetime) -> None:
    """Put *feed* into the columns, received at one instant but where an event says its own.

    An event that is `instead` of the one before it under its name is the second content of
    a conflict, and was decided to stand when it was received.
    """
    con = columns()
    filled = "SELECT table_name FROM duckdb_tables() WHERE schema_name = 'tail' AND estimated_size > 0"
    for (name,) in con.execute(filled).fetchall():
        con.execute(f"TRUNCATE tail.{name}")
    rows: list[Row] = []
    positions: dict[tuple[str, str], int] = {}
    for told in feed:
        said = {n: v for n, v in told.items() if n not in ("received_at", "instead")}
        name = (said["source"], said["id"])
        own = told.get("received_at")
        received = datetime.fromisoformat(own) if own else received_at
        if told.get("instead"):
            conflict = {"entry": 1, "id": said["id"]}
            rows.append(
                row(_ruling(conflict, positions[name], "typo", received), received, rows)
            )
        elif name in positions:
            continue
        arrival = arrived(said)
        rows.append(row(arrival, received, rows))
        positions[name] = len(rows)
    decode_tail(con, rows)


def arrived(said: Mapping[str, Any]) -> Statement:
    """A statement as it is read at the door; or one of our own, which comes by none."""
    if said["type"] in WIRE:
        arrival = read_event(json.dumps(said).encode())
        assert isinstance(arrival, Statement), arrival
        return arrival
    kind = TOPICS[said["type"]]
    data = kind.reads().model_validate(said["data"])
    time = datetime.fromisoformat(said["time"])
    return our_statement(kind, said["id"], said["subject"], data, time)


def row(arrival: Statement, received_at: datetime, before: Sequence[Row]) -> Row:
    """A statement as the log keeps it, after those *before* it."""
    event = arrival.kind(
        originator_id=arrival.thing,
        originator_version=1,
        timestamp=received_at,
        said=arrival.said,
        data=arrival.data,
    )
    stored = MAPPER.to_stored_event(event, Key("0" * 32, bytes(32)))
    return len(before) + 1, stored.topic, stored.state


def ask(
    at: datetime, kinds: Collection[str] | None = None, known_at: datetime | None = None
) -> list[dict[str, Any]]:
    """What holds at the clock *at* by what was loaded, and known by *known_at*."""
    asking.set_moment(columns(), Moment(at, known_at))
    return asking.findings(columns(), kinds or all_kinds(), Scope())


def findings(
    feed: Iterable[Mapping[str, Any]],
    at: datetime,
    received_at: datetime,
    kinds: Collection[str] | None = None,
    known_at: datetime | None = None,
) -> list[dict[str, Any]]:
    """What holds at the clock *at* when *feed* was received at one instant."""
    load(feed, received_at)
    return ask(at, kinds, known_at)
