-- invoice_over_claim: more is claimed than is payable.
-- Rule: a line that names a visit is held against what is payable for it, once, to the first line that names it; lines that
-- name none against the contract's visits in the period that no line names, all such lines of a contract in an invoice
-- together, on the first. Holds when the claim is more than `invoice_tolerance_pence` over. What is not known to be over yet
-- is not assessed.
-- Why: councils pay for more than was given where claims are not held against visits: one provider overpaid by 17.5 %.
-- Source: Calderdale (17.5 % overpaid to one provider); Ombudsman decision, Lincolnshire 21 014 642.
-- Thresholds: invoice_tolerance_pence
-- Kept: by invoice.
WITH named AS (
    SELECT
        claims.* EXCLUDE (again, first_position, place),
        CASE WHEN payable.contract = claims.contract AND NOT again THEN payable.minutes ELSE 0 END AS owed,
        owed::HUGEINT * coalesce(rate, 0) AS owed_price,
        CASE WHEN payable.visit IS NULL THEN 'the visit was never told to us'
             WHEN payable.contract IS DISTINCT FROM claims.contract THEN 'the visit is not of this contract'
             WHEN again THEN 'the visit was claimed before'
             ELSE 'so much is payable for the visit' END AS word,
        [first_position] AS evidence
    FROM claims
    LEFT JOIN payable USING (provider, visit)
    WHERE claims.visit IS NOT NULL
      AND NOT coalesce(payable.unsure AND payable.contract = claims.contract AND NOT again, false)
), at_large AS (
    SELECT
        provider, invoice, contract, period_start_on, period_end_on, position,
        arg_min(line, place) AS line, sum(minutes) AS minutes, sum(pence) AS pence
    FROM claims
    WHERE visit IS NULL
    GROUP BY ALL
), summed AS (
    SELECT
        at_large.*, NULL AS visit,
        coalesce(sum(rest.minutes), 0) AS owed,
        coalesce(sum(rest.minutes::HUGEINT * rest.rate), 0) AS owed_price,
        'so much is payable for the visits of the period that no line names' AS word,
        flatten(list(rest.evidence)) AS evidence
    FROM at_large
    LEFT JOIN (FROM payable ANTI JOIN claims USING (provider, visit)) AS rest
        ON rest.provider = at_large.provider AND rest.contract = at_large.contract
        AND rest.due_on BETWEEN period_start_on AND period_end_on
    GROUP BY ALL
), held_against AS (
    FROM named UNION ALL BY NAME FROM summed
)
SELECT
    'invoice_over_claim' AS kind,
    'invoice_over_claim:/providers/' || claim.provider || '/' || invoice || '/' || line AS key,
    'high' AS severity,
    claim.provider, claim.contract, contracts.person, claim.visit, claim.invoice,
    period_start_on AS since,
    (claim.minutes - owed)::BIGINT AS minutes,
    (claim.pence - price(owed_price, 1))::BIGINT AS pence,
    'Claimed ' || claim.minutes || ' minutes and ' || claim.pence || ' pence where ' || owed || ' minutes and ' || price(owed_price, 1)
        || ' pence are payable: ' || word || '.' AS reason,
    list_append(list_concat(claim.evidence, visited.evidence), claim.position) AS evidence,
    json_object('invoice_tolerance_pence', invoice_tolerance_pence) AS policy
FROM held_against AS claim
CROSS JOIN today
LEFT JOIN contracts ON contracts.contract = claim.contract
LEFT JOIN payable AS visited ON visited.provider = claim.provider AND visited.visit = claim.visit
WHERE claim.pence - price(owed_price, 1) > invoice_tolerance_pence
