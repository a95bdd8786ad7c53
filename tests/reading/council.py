"""The council as known: its ground, every record, and every visit with a plan."""

from collections import defaultdict
from datetime import datetime

from .contracts import Contract
from .ground import Ground
from .records import read_records
from .statements import Said, Statement
from .visits import Visit


class Council:
    """Everything that the kinds ask."""

    def __init__(self, existing: list[Statement], at: datetime) -> None:
        """Read what exists, at the clock *at*."""
        said = Said(existing)
        self.at = at
        self.ground = Ground(existing, said, at)
        self.said = said
        self.records = read_records(said)
        self.visits = [
            Visit(record, self.ground) for record in self.records if record.plans
        ]
        self._of_contract: dict[str, list[Visit]] = defaultdict(list)
        for visit in self.visits:
            contract = visit.contract
            if contract and contract.provider == visit.provider:
                self._of_contract[contract.reference].append(visit)

    @property
    def in_force(self) -> list[Contract]:
        """Every contract in force today."""
        return [c for c in self.contracts if c.in_force(self.ground.today)]

    @property
    def contracts(self) -> list[Contract]:
        """Every contract that was commissioned."""
        return list(self.ground.contracts.values())

    def visits_of(self, contract: Contract) -> list[Visit]:
        """Return a contract's visits: those that name it, of its own provider."""
        return self._of_contract.get(contract.reference, [])
