-- promised: the occurrences of contracts' lines, on the days that are looked at.
-- Each by the lines as they had been said before it; on days the contract is in force, not suspended, the person alive and not away.
WITH lines AS (
    SELECT
        contracts.provider, contract, contracts.person, kind, lines_said, contracts.evidence, day,
        item.* EXCLUDE (contract, weekday), instant_of(day + starts_at) AS occurs
    FROM contracts
    JOIN contract_lines AS item USING (contract)
    JOIN promised_days ON item.weekday = isodow(day) AND day BETWEEN starts_on AND in_force_until
    LEFT JOIN people USING (person)
    WHERE NOT within(day, suspended)
      AND NOT within(day, away)
      AND day <= coalesce(died_on, day)
)
SELECT DISTINCT
    lines.provider, lines.contract, lines.person, kind, day, lines.line, lines.occurs, minutes, carers, time_critical,
    lines.evidence,
    coalesce(contract_terms.terms.missed_after, today.missed_after) AS missed_after,
    rate_on(day, lines.occurs, contract_terms.rates, contract_terms.rate, day IN (FROM bank_holidays)) AS rate
FROM lines
CROSS JOIN today
JOIN contract_terms
    ON contract_terms.contract = lines.contract AND day BETWEEN contract_terms.from_on AND contract_terms.until_on
WHERE lines.position = list_filter(lines_said, lambda s: s.time < lines.occurs AND s.effective_on <= day)[1].position
