"""The findings of a feed without a store: its events decoded straight into columns."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from functools import cache
from typing import Any

import duckdb

from consumers.messages import read_event
from projections import asking
from projections.asking import Moment
from projections.columns import all_tables
from projections.engine import Limits, connect
from projections.mirror import decode_tail
from projections.questions import kinds as all_kinds
from projections.scope import Scope
from projections.statements import make_schemas
from record.arrivals import Statement
from record.mapper import StatementMapper

MAPPER = StatementMapper(None)  # type: ignore[arg-type]


@cache
def columns() -> duckdb.DuckDBPyConnection:
    """Empty columns, used again for every feed of this process."""
    con = connect(Limits(threads=1))
    con.execute("CREATE SCHEMA log; CREATE SCHEMA tail")
    for table in all_tables():
        con.execute(f"CREATE TABLE tail.{table.name} ({table.ddl})")
        con.execute(f"CREATE VIEW log.{table.name} AS FROM tail.{table.name}")
    make_schemas(con)
    return con


def load(feed: Iterable[Mapping[str, Any]], received_at: datetime) -> None:
    """Put *feed* into the columns, all of it received at one instant."""
    con = columns()
    for table in all_tables():
        con.execute(f"TRUNCATE tail.{table.name}")
    rows, names = [], set()
    for said in feed:
        name = (said["source"], said["id"])
        if name in names:
            continue
        names.add(name)
        arrival = read_event(json.dumps(said).encode())
        assert isinstance(arrival, Statement), arrival
        event = arrival.kind(
            originator_id=arrival.thing,
            originator_version=1,
            timestamp=received_at,
            said=arrival.said,
            data=arrival.data,
        )
        stored = MAPPER.to_stored_event(event)
        rows.append((len(names), stored.topic, stored.state))
    decode_tail(con, rows)


def ask(at: datetime, kinds: Collection[str] | None = None) -> list[dict[str, Any]]:
    """What holds at the clock *at* by what was loaded."""
    asking.set_moment(columns(), Moment(at))
    return asking.findings(columns(), kinds or all_kinds(), Scope())


def findings(
    feed: Iterable[Mapping[str, Any]],
    at: datetime,
    received_at: datetime,
    kinds: Collection[str] | None = None,
) -> list[dict[str, Any]]:
    """What holds at the clock *at* when all of *feed* was received at one instant."""
    load(feed, received_at)
    return ask(at, kinds)
