-- Which statements count (feed.md, "Which statement holds"). Filled in once for each type of event.

-- known: what had been received, and had happened, by then; without what a person has decided should not stand.
CREATE OR REPLACE VIEW known.$type AS
SELECT
    * REPLACE (coalesce(sequence, 0) AS sequence, coalesce(recordedtime, time) AS recordedtime),
    struct_pack(
        sequence := coalesce(sequence, 0), recordedtime := coalesce(recordedtime, time), time, source, id) AS rank
FROM log.$type $speakers
ANTI JOIN replaced USING (position)
WHERE received_at <= known_at() AND time <= clock()$since;

-- said: of these, what its speaker has not taken back (a plan: before its start; anything else: ever).
CREATE OR REPLACE VIEW said.$type AS
FROM known.$type AS statement $subjects
ANTI JOIN known.statement_retracted AS retraction
    ON (retraction.source, retraction.subject, retraction.retracts)
        = (statement.source, statement.$subject, statement.id)
    AND retraction.time < $binds_from;

-- held: of these, the last about each slot.
CREATE OR REPLACE VIEW held.$type AS
FROM said.$type
QUALIFY row_number() OVER (
    PARTITION BY $slot ORDER BY sequence DESC, recordedtime DESC, time DESC, source DESC, id DESC) = 1;
