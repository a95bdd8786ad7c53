-- no_reply: a carer came, nobody answered, and nobody made sure that the person was well.
-- Rule: state frustrated with the outcome no_reply, and no welfare check is on record.
-- Why: behind a door that nobody opens somebody may lie on the floor.
-- Source: Trafford, no reply and failed visit procedures.
-- Thresholds: none
-- Kept: by visit.
SELECT
    'no_reply' AS kind,
    visit_key('no_reply', provider, visit) AS key,
    'critical' AS severity,
    provider, contract, person, visit,
    frustrated_time AS since,
    NULL::BIGINT AS minutes,
    NULL::BIGINT AS pence,
    'Nobody answered the door, and no welfare check is on record.' AS reason,
    evidence,
    json_object() AS policy
FROM visits
WHERE judged
  AND state = 'frustrated' AND outcome = 'no_reply'
  AND welfare_check IS NOT true
