"""Contracts: in force when, on which terms, with which line occurrences."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from .moments import WEEKDAYS, instant_of, is_bank_holiday, local_date, local_time
from .people import spells
from .statements import Said, Statement, held, latest


@dataclass(frozen=True)
class Occurrence:
    """A line of a contract on one of its days."""

    line: str
    start: datetime
    terms: Mapping[str, Any]

    @property
    def minutes(self) -> int:
        """How long the call is, for each carer."""
        return int(self.terms["minutes"])

    @property
    def carers(self) -> int:
        """How many carers it takes, one unless the line says more."""
        carers = self.terms.get("carers")
        return 1 if carers is None else int(carers)

    @property
    def name(self) -> tuple[str, datetime]:
        """What makes it the same occurrence, whichever statement it was read from."""
        return (self.line, self.start)


class Contract:
    """One contract that has been commissioned."""

    NAMES = ("draws_on", "pairs_with", "compensates_for")
    """The fields by which a contract names another."""

    def __init__(
        self, reference: str, of: Mapping[str, list[Statement]], today: date
    ) -> None:
        """Read what was said of one contract, variations up to today."""
        commissioned = latest(of["contract.commissioned"])
        assert commissioned is not None
        self.reference = reference
        self.base = commissioned.data
        self.provider: str = self.base["provider"]
        self.person: str | None = self.base.get("person")
        self.kind: str = self.base["kind"]
        self.service: str = self.base["service"]
        self.starts_on = commissioned.day("starts_on")
        self._commissions = of["contract.commissioned"]
        self._variations = [
            s for s in of["contract.varied"] if s.day("effective_on") <= today
        ]
        self.suspensions = spells(
            held(of["contract.suspended"], lambda s: s.day("from_on")),
            held(of["contract.resumed"], lambda s: s.day("on")),
            opens="from_on",
        )
        notice, ended = latest(of["contract.notice_given"]), latest(of["contract.ended"])
        self.notice_by = notice.data["by"] if notice else None
        self.notice_ends_on = notice.day("ends_on") if notice else None
        self.ended_on = ended.day("ended_on") if ended else None
        self.ends_on = self._end(today)

    def _end(self, today: date) -> date | None:
        """The last day: as ended, else by notice, else as varied or commissioned."""
        agreed = self.term("ends_on", today)
        if self.ended_on is not None:
            return self.ended_on
        if self.notice_ends_on is not None:
            return self.notice_ends_on
        return date.fromisoformat(agreed) if agreed is not None else None

    def in_force(self, day: date) -> bool:
        """Say whether the contract runs on a day."""
        return self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)

    def suspended_since(self, day: date) -> date | None:
        """Return the first day of the suspension that a day lies in, if it does."""
        for from_on, resumed_on in self.suspensions:
            if from_on <= day and (resumed_on is None or day < resumed_on):
                return from_on
        return None

    def term(self, name: str, day: date) -> Any:
        """Return a term as on a day: of the latest variation that carries it by then."""
        carrying = [
            s
            for s in self._variations
            if s.data.get(name) is not None and s.day("effective_on") <= day
        ]
        if not carrying:
            return self.base.get(name)
        return max(carrying, key=lambda s: (s.day("effective_on"), s.later)).data[name]

    def rate(self, start: datetime) -> int:
        """Return the pence an hour of a call due at *start*, special rates first."""
        day, clock = local_date(start), local_time(start)
        applies = {
            "bank_holiday": is_bank_holiday(day),
            "weekend": WEEKDAYS[day.weekday()] in ("sat", "sun"),
            "night": clock >= time(22) or clock < time(7),
        }
        rates = self.term("rates", day) or []
        for when in ("bank_holiday", "weekend", "night"):
            for rate in rates:
                if applies[when] and rate["when"] == when:
                    return int(rate["pence_per_hour"])
        return int(self.term("rate_pence_per_hour", day))

    def lines_said(self, before: datetime, day: date) -> Statement | None:
        """Return whose `lines` count on a day, of those said before an instant."""
        varied = [
            s
            for s in self._variations
            if s.data.get("lines") is not None
            and s.time < before
            and s.day("effective_on") <= day
        ]
        if varied:
            return max(varied, key=lambda s: (s.day("effective_on"), s.later))
        return latest(s for s in self._commissions if s.time < before)

    @property
    def varied_on(self) -> list[date]:
        """The days from which something was varied."""
        return [s.day("effective_on") for s in self._variations]

    def lines_today(self, today: date) -> list[Mapping[str, Any]]:
        """Return the lines in force today, by all that has been said."""
        lines: list[Mapping[str, Any]] = self.term("lines", today) or []
        return lines

    def occurrences_said(self, day: date) -> Iterator[Occurrence]:
        """Yield a day's occurrences, of the lines as said before each of them."""
        for statement in self._commissions + self._variations:
            for occurrence in occurrences(statement, day):
                if self.lines_said(occurrence.start, day) is statement:
                    yield occurrence


def occurrences(statement: Statement, day: date) -> Iterator[Occurrence]:
    """Yield when the lines that a statement carries occur on a day."""
    for line in statement.data.get("lines") or []:
        if WEEKDAYS[day.weekday()] in line["days"]:
            start = instant_of(day, time.fromisoformat(line["start"]))
            yield Occurrence(line["line"], start, line)


def read_contracts(said: Said, today: date) -> dict[str, Contract]:
    """Read every contract of which a commission stands."""
    spoken: dict[str, dict[str, list[Statement]]] = defaultdict(lambda: defaultdict(list))
    kinds = ("commissioned", "varied", "suspended", "resumed", "notice_given", "ended")
    for statement in said.of(*(f"contract.{kind}" for kind in kinds)):
        spoken[statement.subject][statement.type].append(statement)
    return {
        reference: Contract(reference, of, today)
        for reference, of in spoken.items()
        if of["contract.commissioned"]
    }
