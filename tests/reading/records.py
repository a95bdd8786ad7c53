"""Records: everything that stands of what was said about one visit."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime

from .attendance import CHECK_IN, CHECK_OUT, Attendance, attend, in_use
from .statements import PLAN_TYPES, PROVIDERS, Said, Statement, latest

CANCELLED = "visit.cancelled"
MISSED = "visit.missed"
FRUSTRATED = "visit.frustrated"
REPORTED = "visit.reported"


@dataclass
class Record:
    """One visit's statements, those that compete reduced to the one that holds.

    `taps` are those in use, `tapped` all that stand.
    """

    source: str
    reference: str
    plans: list[Statement]
    late_retractions: list[Statement]
    taps: list[Statement]
    tapped: list[Statement]
    cancellation: Statement | None
    miss: Statement | None
    frustration: Statement | None
    reports: list[Statement]
    attendances: list[Attendance] = field(init=False)
    lone: list[Statement] = field(init=False)

    def __post_init__(self) -> None:
        """Pair the taps."""
        self.attendances, self.lone = attend(self.taps)

    @property
    def provider(self) -> str:
        """The provider that speaks of the visit."""
        return self.source.removeprefix(PROVIDERS)

    @property
    def first_check_in(self) -> datetime | None:
        """When the first carer came, as far as anyone said."""
        return min((tap.time for tap in self.taps if tap.type == CHECK_IN), default=None)

    @property
    def nobody_came(self) -> bool:
        """Whether someone reported that nobody came."""
        return any(report.data["what"] == "nobody_came" for report in self.reports)

    @property
    def harm(self) -> bool:
        """Whether the miss, the frustration or a report says that harm was done."""
        said = [self.miss, self.frustration, *self.reports]
        return any(s.data.get("harm") is True for s in said if s is not None)

    @property
    def all_tasks_done(self) -> bool:
        """Whether check-outs speak of tasks, and all that do say all were done."""
        told = [
            tap.data["tasks"]
            for tap in self.taps
            if tap.type == CHECK_OUT and tap.data.get("tasks") is not None
        ]
        return bool(told) and all(tasks["done"] >= tasks["planned"] for tasks in told)


def read_records(said: Said) -> list[Record]:
    """Gather what was said of each visit, by providers and about them."""
    spoken: dict[tuple[str, str], list[Statement]] = defaultdict(list)
    own = (*PLAN_TYPES, CHECK_IN, CHECK_OUT, CANCELLED, MISSED, FRUSTRATED)
    for statement in said.of(*own):
        spoken[(statement.source, statement.subject)].append(statement)
    for report in said.of(REPORTED):
        spoken[(PROVIDERS + report.data["provider"], report.subject)].append(report)
    return [
        read_record(said, source, reference, statements)
        for (source, reference), statements in spoken.items()
    ]


def read_record(
    said: Said, source: str, reference: str, statements: list[Statement]
) -> Record:
    """Sort the statements about one visit by what they are."""

    def of(*types: str) -> list[Statement]:
        return [statement for statement in statements if statement.type in types]

    plans = sorted(of(*PLAN_TYPES), key=lambda s: (s.time, s.sequence, s.id))
    return Record(
        source=source,
        reference=reference,
        plans=plans,
        # A retraction of a plan that stands came too late, or it would not stand.
        late_retractions=[late for plan in plans for late in said.retractions_of(plan)],
        taps=in_use(of(CHECK_IN, CHECK_OUT)),
        tapped=of(CHECK_IN, CHECK_OUT),
        cancellation=latest(of(CANCELLED)),
        miss=latest(of(MISSED)),
        frustration=latest(of(FRUSTRATED)),
        reports=of(REPORTED),
    )
