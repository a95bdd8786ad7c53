"""Facts in memory: a feed straight into the columns, without a store."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

import duckdb

from consumers.messages import read_event
from projections import asking
from projections.asking import Moment
from projections.columns import tables
from projections.engine import connect
from projections.mirror import decode_tail
from projections.questions import kinds
from projections.scope import Scope
from record.arrivals import Statement
from record.log import Row
from record.mapper import StatementMapper

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
MAPPER = StatementMapper(None)  # type: ignore[arg-type]  # it needs no transcoder


def new_engine() -> duckdb.DuckDBPyConnection:
    """An engine with empty columns."""
    con = connect()
    con.execute("CREATE SCHEMA log; CREATE SCHEMA tail")
    for table in tables().values():
        con.execute(f"CREATE TABLE tail.{table.name} ({table.ddl})")
        con.execute(f"CREATE VIEW log.{table.name} AS FROM tail.{table.name}")
    asking.make_schemas(con)
    return con


def rows(events: Iterable[Mapping[str, Any]]) -> list[Row]:
    """The rows of a log that holds the first of each (source, id)."""
    first = {(event["source"], event["id"]): event for event in reversed(list(events))}
    found = []
    for position, event in enumerate(reversed(first.values()), 1):
        said = read_event(json.dumps(event).encode())
        assert isinstance(said, Statement), said
        stored = MAPPER.to_stored_event(
            said.kind(
                originator_id=said.thing,
                originator_version=1,
                timestamp=LONG_AGO,
                said=said.said,
                data=said.data,
            )
        )
        found.append((position, stored.topic, stored.state))
    return found


def answer(
    con: duckdb.DuckDBPyConnection, events: Iterable[Mapping[str, Any]], at: datetime
) -> list[dict[str, Any]]:
    """The findings of a feed at a clock, everything known."""
    for table in tables().values():
        con.execute(f"TRUNCATE tail.{table.name}")
    decode_tail(con, rows(events))
    asking.set_moment(con, Moment(at))
    return asking.findings(con, kinds(), Scope())
