-- visits: every visit as it stands at the clock: whose it is, what became of it, and the thresholds that apply to it.
-- Kept: by visit.
SELECT
    record.*,
    contracts.kind, contracts.service,
    contract_terms.payment, contract_terms.tolerance_minutes,
    rate_on(due_on, due_start, rates, rate, due_on IN (FROM bank_holidays)) AS rate,

    coalesce(line_late_after,
        CASE WHEN time_critical THEN coalesce(terms.critical_late_after, policy.critical_late_after)
             ELSE coalesce(terms.late_after, policy.late_after) END) AS late_after,
    line_late_after IS NULL AND time_critical AS judged_as_critical,
    coalesce(line_early_before, terms.early_before, policy.early_before) AS early_before,
    coalesce(terms.missed_after, policy.missed_after) AS missed_after,
    coalesce(terms.evidence_hours, upload_hours, policy.evidence_hours) AS evidence_hours,
    coalesce(terms.short_share, policy.short_share) AS short_share,
    coalesce(terms.double_up_share, policy.double_up_share) AS double_up_share,
    coalesce(terms.short_notice_hours, policy.short_notice_hours) AS short_notice_hours,
    coalesce(terms.open_after, policy.open_after) AS open_after,
    coalesce(terms.moved_minutes, policy.moved_minutes) AS moved_minutes,
    coalesce(terms.longest_hours, policy.longest_hours, today.longest_hours) AS longest_hours,
    coalesce(terms.ahead_minutes, policy.ahead_minutes, today.ahead_minutes) AS ahead_minutes,
    coalesce(terms.overlap_minutes, policy.overlap_minutes) AS overlap_minutes,
    coalesce(terms.backdated_hours, policy.backdated_hours, today.backdated_hours) AS backdated_hours,

    CASE
        WHEN first_tap IS NOT NULL THEN 'attended'
        WHEN frustrated_time IS NOT NULL THEN 'frustrated'
        WHEN cancelled_time < due_start THEN 'cancelled'
        WHEN declared_at IS NOT NULL OR clock() >= due_start + to_minutes(coalesce(terms.missed_after, policy.missed_after)) THEN 'missed'
        ELSE 'open'
    END AS state,
    lone IS NOT NULL AS unknown,
    CASE
        WHEN due_on > died_on THEN 'after_death'
        WHEN contracts.contract IS NULL THEN 'contract_unknown'
        WHEN contracts.provider <> record.provider THEN 'other_provider'
        WHEN contracts.kind <> 'block' AND contracts.person IS DISTINCT FROM record.person THEN 'other_person'
        WHEN due_on NOT BETWEEN starts_on AND in_force_until THEN 'out_of_contract'
        WHEN within(due_on, suspended) THEN 'suspended'
        ELSE 'matched'
    END AS match,
    planned_start IS NOT NULL AND match IN ('matched', 'contract_unknown') AS judged,
    within(due_on, people.away) AS away
FROM visit_records AS record
CROSS JOIN today
LEFT JOIN policy ON due_on BETWEEN policy.from_on AND policy.until_on
LEFT JOIN contracts ON contracts.contract = record.contract
LEFT JOIN contract_terms ON contract_terms.contract = record.contract AND due_on BETWEEN contract_terms.from_on AND contract_terms.until_on
LEFT JOIN people ON people.person = record.person
LEFT JOIN providers ON providers.provider = record.provider
