"""The mutations of the rules about safeguarding concerns."""

from __future__ import annotations

from tests.mutants.telling import Changes

ACTS = (
    "acknowledged", "assigned", "query_sent", "provider_replied", "upheld", "dismissed",
)  # fmt: skip

MUTANTS: dict[str, Changes] = {
    "triage_overdue": (
        ("WHERE triaged_at IS NULL\n  AND", "WHERE"),
        ("clock() >= triage_due", "clock() > triage_due"),
        ("  AND clock() >= triage_due\n", ""),
        ("triage_due AS since", "raised_at AS since"),
        ("'high' AS severity", "'medium' AS severity"),
        ("provider, contract, person,", "NULL AS provider, contract, person,"),
    ),
    "enquiry_overdue": (
        ("WHERE concluded_at IS NULL\n  AND", "WHERE"),
        ("clock() >= enquiry_due", "clock() > enquiry_due"),
        ("  AND clock() >= enquiry_due\n", ""),
        ("enquiry_due AS since", "triaged_at AS since"),
        ("'high' AS severity", "'medium' AS severity"),
    ),
    "unheeded_failures": (
        ("USING (person, provider)", "USING (provider)"),
        ("USING (person, provider)", "USING (person)"),
        ("missed_call.stage <> 'cannot_assess'\n      AND ", ""),
        ("missed_call.since < raised_at", "missed_call.since <= raised_at"),
        ("AND missed_call.since < raised_at\n", ""),
        ("missed_call.since >= raised_at - to", "missed_call.since > raised_at - to"),
        ("28 * 24", "28 * 23"),
        ("28 * 24", "29 * 24"),
        ("heeded.time >= raised_at", "heeded.time > raised_at"),
        ("coalesce(heeded.time >= raised_at, true)", "heeded.time IS NULL"),
        ("coalesce(heeded.time >= raised_at, true)", "true"),
        ("min(time) AS time\n    FROM acts", "max(time) AS time\n    FROM acts"),
        ("min(since) AS since", "max(since) AS since"),
        ("'high' AS severity", "'medium' AS severity"),
        *((f"    SELECT finding, time FROM known.finding_{name}\n    UNION ALL\n", "")
          for name in ACTS),
        ("    UNION ALL\n    SELECT finding, time FROM known.finding_concern_drafted\n", ""),
    ),
    "concerns": (
        ("isodow(day) <= 5 AND ", ""),
        ("isodow(day) <= 5", "isodow(day) <= 6"),
        ("AND day::DATE NOT IN (FROM bank_holidays)", ""),
        ("WHERE day <= london_day(time)", "WHERE day < london_day(time)"),
        ("WHERE day <= london_day(time)", "WHERE day <= time::DATE"),
        ("instant_of(due.day + london(raised.time)::TIME)", "instant_of(due.day + raised.time::TIMESTAMP::TIME)"),
        ("london(raised.time)::TIME", "TIME '00:00'"),
        ("('section_42_enquiry', 'other_enquiry')", "('section_42_enquiry')"),
        ("to_hours(24 * enquiry_days)", "to_hours(23 * enquiry_days)"),
        ("triaged.time + to_hours", "raised.time + to_hours"),
        ("coalesce(begun, 0) + triage_working_days", "coalesce(begun, 0)"),
        ("held.concern_triaged", "known.concern_triaged"),
    ),
}  # fmt: skip
