-- contracts: each contract as it stands; in force from starts_on to in_force_until, both included.
-- Rule: the end is `ended_on` if ended; else the notice's; else as last varied; else as commissioned; else open.
WITH rested AS (
    SELECT contract, list(struct_pack(from_on, until_on)) AS suspended FROM suspensions GROUP BY contract
), spoken AS (
    SELECT contract, position, time, '-infinity'::DATE AS effective_on, rank FROM said.contract_commissioned
    UNION ALL
    SELECT contract, position, time, effective_on, rank FROM said.contract_varied
    WHERE lines IS NOT NULL AND effective_on <= this_day()
), lines AS (
    -- Latest first: the lines that stand for a visit are the first of these said before it and effective by then.
    SELECT contract, list(struct_pack(position, time, effective_on) ORDER BY effective_on DESC, rank DESC) AS lines_said
    FROM spoken
    GROUP BY contract
)
SELECT
    contract,
    commissioned.provider, commissioned.person, commissioned.kind, commissioned.service, commissioned.starts_on,
    commissioned.draws_on, commissioned.pairs_with, commissioned.compensates_for,
    notice.ends_on AS notice_ends_on, notice.by AS notice_by,
    coalesce(ended.ended_on, notice.ends_on, terms.ends_on, 'infinity'::DATE) AS in_force_until,
    suspended,
    lines_said,
    list_filter(
        list_concat([commissioned.position, notice.position, ended.position], varied.evidence),
        lambda p: p IS NOT NULL) AS evidence
FROM held.contract_commissioned AS commissioned
LEFT JOIN held.contract_ended AS ended USING (contract)
LEFT JOIN held.contract_notice_given AS notice USING (contract)
LEFT JOIN rested USING (contract)
LEFT JOIN lines USING (contract)
LEFT JOIN (SELECT contract, list(position) AS evidence FROM said.contract_varied GROUP BY contract) AS varied USING (contract)
LEFT JOIN contract_terms AS terms ON terms.contract = commissioned.contract AND terms.until_on = 'infinity'
