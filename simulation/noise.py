"""Noise: what becomes of statements on their way: lost, doubled, late, corrected, by hand."""

from __future__ import annotations

from datetime import date
from random import Random

from simulation import rates
from simulation.plan import DAY_SECONDS, HOUR, MINUTE, Plan, instant
from simulation.visits import Spoken, Visit

Sent = tuple[int, int, Spoken, str | None]
"""When it arrives, after how many seconds it comes again (0: never), and its sequence."""


class Noise:
    """Some providers lose, some are silent for a day; all are late and double now and then."""

    def __init__(self, plan: Plan) -> None:
        self.on = plan.noise
        names = plan.providers
        self.careless, self.silent = names[1], names[2]
        self.silent_on: date = plan.days_before(20)
        self.begins = instant(self.silent_on, "00:00")
        self.chance = {name: Random(f"{plan.seed}/noise/{name}") for name in names}

    def send(self, visit: Visit, said: list[Spoken]) -> list[Sent]:
        """How what is said of a visit arrives."""
        if not self.on:
            return [(spoken[0], 0, spoken, None) for spoken in said]
        provider = visit.contract.provider
        chance = self.chance[provider]
        if provider == self.careless and chance.random() > rates.LOGGED:
            said = [s for s in said if not s[1].startswith("visit.checked_")]
        sent: list[Sent] = []
        for spoken in said:
            at, kind, data, written = spoken
            if kind == "visit.checked_in" and chance.random() < rates.MANUAL:
                data = data | {"method": "manual", "reason": "phone flat"}
                spoken = (at, kind, data, written)
            sequence = None
            if kind == "visit.checked_out" and chance.random() < rates.CORRECTED:
                wrong: Spoken = (at + 25 * MINUTE, kind, data, written)
                sent.append((self._arrives(provider, wrong), 0, wrong, None))
                sequence = "1"
            again = HOUR if chance.random() < rates.TWICE else 0
            sent.append((self._arrives(provider, spoken), again, spoken, sequence))
        return sent

    def _arrives(self, provider: str, spoken: Spoken) -> int:
        chance, at = self.chance[provider], spoken[0] + spoken[3]
        if provider == self.silent and self.begins <= at < self.begins + DAY_SECONDS:
            return self.begins + DAY_SECONDS + at % HOUR
        draw = chance.random()
        if draw < rates.DAYS_LATE:
            return at + chance.randint(1, 4) * DAY_SECONDS
        if draw < rates.DAYS_LATE + rates.HOURS_LATE:
            return at + chance.randint(1, 12) * HOUR
        return at + chance.randint(1, 60)
