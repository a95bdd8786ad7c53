-- replaced: the events in whose place a person has let another content stand, as far as was known by then.
CREATE OR REPLACE VIEW replaced AS
SELECT replaces_position AS position
FROM log.conflict_decided
WHERE received_at <= known_at();
