-- payable: what the council owes for each visit, whoever claims it, in carer-minutes.
-- Rule: nothing without a plan or a matching contract. Attended: by the contract's `payment`, what was planned, what was
-- delivered, or what was planned where the two differ by no more than is tolerated. Nobody let the carer in, or the person
-- called it off too late: what was due. `unsure`: the visit is not known to be over, so that nothing can be said of it yet.
-- Kept: by visit.
SELECT
    provider, visit, contract, due_on, rate, evidence,
    planned_start IS NOT NULL AND match = 'matched' AND (unknown OR state = 'open') AS unsure,
    CASE
        WHEN planned_start IS NULL OR match <> 'matched' THEN 0
        WHEN unknown OR state IN ('open', 'frustrated') THEN due_carer_minutes
        WHEN state = 'attended' THEN CASE payment
            WHEN 'planned' THEN due_carer_minutes
            WHEN 'actual' THEN delivered
            ELSE CASE WHEN abs(due_carer_minutes - delivered) <= coalesce(tolerance_minutes, 0)
                      THEN due_carer_minutes ELSE delivered END
            END
        WHEN state = 'cancelled' AND cancelled_by = 'person' AND cancelled_time > due_start - to_hours(short_notice_hours)
            THEN due_carer_minutes
        ELSE 0
    END::BIGINT AS minutes
FROM visits
