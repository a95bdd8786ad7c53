-- The other concerns that were raised of a person.
SELECT concern, time AS raised_at, provider, risk_types, harm
FROM held.concern_raised
WHERE person = $person AND concern <> $concern
ORDER BY time DESC, concern
