"""Whose words they are: the person of whom a statement speaks, as far as anybody has said.

A check-in names a visit, the visit's plan the person; a retraction takes back a statement that
speaks of somebody. Where nobody has said yet, the words are sealed under a key of the thing's
own, which is destroyed with the person's once it is known whose thing it is.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from functools import cache
from typing import NamedTuple
from uuid import UUID

from domain.base import Event
from domain.catalogue import TOPICS
from domain.concern import Concern
from domain.conflict import Ruling
from domain.contract import Commissioned
from domain.invoice import Claim, Decided, Decision, Submitted
from domain.person import Person, WordsErased
from domain.statement import Retracted, Retraction
from record.arrivals import Statement
from record.keyring import Subject
from record.ledger import Ledger, Name
from record.sealing import has_words


def person_subject(person: str) -> str:
    """The name of the subject that a person is."""
    return f"person/{person}"


def thing_subject(thing: UUID) -> str:
    """The name of the subject that a thing is, while nobody knows whose it is."""
    return f"thing/{thing.hex}"


def subjects(ledger: Ledger, batch: Sequence[Statement]) -> dict[int, Subject]:
    """Under whose key the words of *batch* belong, by place in it: only where there are words."""
    wordy = {
        place: one
        for place, one in enumerate(batch)
        if has_words(one.kind, one.said, one.data)
    }
    if not wordy:
        return {}
    people = _People(ledger, batch)
    people.look_up({one.thing for one in wordy.values()})
    return {place: _subject(people, one) for place, one in wordy.items()}


def _subject(people: _People, one: Statement) -> Subject:
    if one.kind is WordsErased:
        # Why somebody's words are gone is known when they are.
        return Subject(WordsErased.TOPIC)
    found = people.spoken_of(one)
    return _named(found, one.thing)


def _named(found: Of, thing: UUID) -> Subject:
    """The person's name, or, while nobody knows the person, the name of the thing spoken of."""
    whose = found.person
    name = person_subject(whose) if whose else thing_subject(found.thing or thing)
    return Subject(name, "safeguarding" if found.concern else "personal")


def subject_at(ledger: Ledger, position: int) -> Subject:
    """Under whose key words about the event at *position* belong."""
    found = _People(ledger, ()).at(position)
    assert found.thing is not None
    return _named(found, found.thing)


class Of(NamedTuple):
    """Of whom is spoken, if anybody has said; and whether in a safeguarding concern."""

    person: str | None
    concern: bool = False
    thing: UUID | None = None


@cache
def _telling() -> dict[str, type[Event]]:
    """The events that tell whose their thing is."""
    return {
        topic: kind
        for topic, kind in TOPICS.items()
        if "person" in kind.reads().model_fields
    }


class _People:
    """Finds out whose things are: from the batch itself, else from the log."""

    def __init__(self, ledger: Ledger, batch: Sequence[Statement]) -> None:
        self._ledger = ledger
        self._batch = {(one.said.source, one.said.id): one for one in batch}
        self._told: dict[UUID, str | None] = {}
        for one in batch:
            whose: str | None = getattr(one.data, "person", None)
            if one.kind.TOPIC in _telling() and whose:
                self._told[one.thing] = whose

    def look_up(self, things: Collection[UUID]) -> None:
        """Ask the log at once of all things that the batch does not tell of."""
        unknown = [thing for thing in things if thing not in self._told]
        topics = ", ".join(f"'{topic}'" for topic in _telling())
        rows = self._ledger.ask_of(
            ("thing",),
            [(thing.hex,) for thing in unknown],
            "SELECT thing, state FROM asked CROSS JOIN stored_events"
            f" WHERE originator_id = {self._ledger.thing} AND topic IN ({topics})"
            " ORDER BY originator_version",
        )
        self._told |= dict.fromkeys(unknown)
        for thing, state in rows:
            whose = json.loads(bytes(state))["data"].get("person")
            self._told[UUID(thing)] = whose or self._told[UUID(thing)]

    def spoken_of(self, one: Statement) -> Of:
        """Of whom a statement speaks."""
        if one.kind.AGGREGATE is Person:
            return Of(one.said.subject, thing=one.thing)
        if isinstance(one.data, Retraction):
            return self._named((one.said.source, one.data.retracts))
        if isinstance(one.data, Ruling):
            return self.at(one.data.replaces_position)
        if isinstance(one.data, Decision):
            return Of(self._claimed(one.thing, one.data.line), thing=one.thing)
        return Of(self._of(one.thing), one.kind.AGGREGATE is Concern, one.thing)

    def _of(self, thing: UUID) -> str | None:
        if thing not in self._told:
            self.look_up([thing])
        return self._told[thing]

    def _named(self, name: Name) -> Of:
        """Of whom the statement of that name speaks, in this batch or in the log."""
        other = self._batch.get(name)
        if other is not None:
            return Of(None) if other.kind is Retracted else self.spoken_of(other)
        found = self._ledger.receipts([name]).get(name)
        return self.at(found[1]) if found else Of(None)

    def at(self, position: int) -> Of:
        """Of whom the event at *position* speaks."""
        rows = self._ledger.ask(
            "SELECT originator_id, topic, state FROM stored_events WHERE position = ?",
            position,
        )
        if not rows:
            return Of(None)
        thing, topic, state = rows[0]
        thing = thing if isinstance(thing, UUID) else UUID(thing)
        kind, told = TOPICS[topic], json.loads(bytes(state))
        if kind.AGGREGATE is Person:
            return Of(str(told["said"]["subject"]), thing=thing)
        if kind is Decided:
            return Of(self._claimed(thing, told["data"]["line"]), thing=thing)
        return Of(self._of(thing), kind.AGGREGATE is Concern, thing)

    def _claimed(self, invoice: UUID, line: str) -> str | None:
        """Of whom a line of an invoice speaks: of the person of its contract."""
        claims = [
            (claim.line, claim.contract)
            for one in self._batch.values()
            if one.thing == invoice and isinstance(one.data, Claim)
            for claim in one.data.lines
        ]
        for _, topic, state in self._ledger.events_of(invoice):
            if topic == Submitted.TOPIC:
                lines = json.loads(state)["data"]["lines"]
                claims += [(claim["line"], claim["contract"]) for claim in lines]
        contract = dict(claims).get(line)
        return None if contract is None else self._of(Commissioned.named(contract))
