-- roster: what was promised, call by call, and the visit that keeps it; none where no visit was planned for the call.
SELECT promised.*, kept.visit
FROM promised
LEFT JOIN (
    SELECT provider, contract, line, occurs, any_value(visit) AS visit
    FROM visit_records
    WHERE occurs >= since_day() AND occurs >= (SELECT min(occurs) FROM promised)
    GROUP BY ALL
) AS kept USING (provider, contract, line, occurs)
