-- The first moment to come at which a finding may hold or not though nothing is said. The moments of a visit are those
-- at which present/dirty.sql judges it anew.
SELECT min(moment)
FROM (
    SELECT least(
        CASE WHEN due_start > clock() THEN due_start END,
        CASE WHEN due_start + to_minutes(missed_after) > clock() THEN due_start + to_minutes(missed_after) END,
        CASE WHEN due_end + to_minutes(open_after) > clock() THEN due_end + to_minutes(open_after) END,
        CASE WHEN due_end + to_hours(evidence_hours) > clock() THEN due_end + to_hours(evidence_hours) END) AS moment
    FROM visits
    UNION ALL
    SELECT occurs + to_minutes(missed_after) FROM roster WHERE occurs + to_minutes(missed_after) > clock()
    UNION ALL
    SELECT triage_due FROM concerns WHERE triage_due > clock()
    UNION ALL
    SELECT enquiry_due FROM concerns WHERE enquiry_due > clock()
    UNION ALL
    SELECT time FROM ahead
    UNION ALL
    SELECT instant_of((this_day() + 1)::TIMESTAMP)
)
