"""What a visit or a contract is judged against: the clock, the council, the policy."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from .contracts import Contract, read_contracts
from .moments import DAY, local_date, midnight
from .people import Person, read_people
from .policy import Policy
from .statements import PROVIDERS, Said, Statement, held


class Ground:
    """The clock with everything that is not said of a visit."""

    def __init__(self, existing: Iterable[Statement], said: Said, at: datetime) -> None:
        """Read contracts, people, policy and who spoke when, at the clock *at*."""
        self.at = at
        self.today = local_date(at)
        self.policy = Policy(said.of("policy.adopted"))
        self.contracts: dict[str, Contract] = read_contracts(said, self.today)
        self._people = read_people(said, self.today)
        self._upload_hours = {
            s.subject: s.data.get("upload_hours")
            for s in held(said.of("provider.registered"), lambda s: s.subject)
        }
        # Retracted events and retractions count too: the provider spoke.
        self._spoke: dict[str, list[datetime]] = defaultdict(list)
        for statement in sorted(existing, key=lambda s: s.time):
            if statement.source.startswith(PROVIDERS):
                provider = statement.source.removeprefix(PROVIDERS)
                self._spoke[provider].append(statement.time)

    def person(self, reference: str | None) -> Person:
        """Return what is known of a person; of one never spoken of, nothing."""
        known = None if reference is None else self._people.get(reference)
        return Person() if known is None else known

    @property
    def people(self) -> dict[str, Person]:
        """Everyone of whom anything is known."""
        return self._people

    def today_on(self, name: str) -> Any:
        """Return a threshold as in force today."""
        return self.policy.on(self.today, name)

    def last_spoke(self, provider: str) -> datetime | None:
        """Return H, the latest time of any event of the provider."""
        times = self._spoke.get(provider)
        return times[-1] if times else None

    def spoke_on_days(self, provider: str, first: date, count: int) -> bool:
        """Say whether the provider has an event with `time` in so many local days."""
        times = self._spoke.get(provider, [])
        index = bisect_left(times, midnight(first))
        return index < len(times) and times[index] < midnight(first + count * DAY)

    def threshold(
        self, name: str, day: date, contract: Contract | None, provider: str
    ) -> Any:
        """Return a visit's threshold: the contract's terms, the provider, the policy."""
        terms = (contract.term("terms", day) if contract else None) or {}
        if terms.get(name) is not None:
            return terms[name]
        upload_hours = self._upload_hours.get(provider)
        if name == "evidence_hours" and upload_hours is not None:
            return upload_hours
        return self.policy.on(day, name)
