-- provider: how the council knows a provider, and up to when it has been heard.
SELECT
    getvariable('ref') AS provider,
    any_value(registered.name) AS name, any_value(registered.cqc_location) AS cqc_location,
    any_value(providers.upload_hours) AS upload_hours, any_value(providers.heard_until) AS heard_until,
    (SELECT list(contract ORDER BY contract) FROM contracts
     WHERE provider = getvariable('ref') AND this_day() BETWEEN starts_on AND in_force_until) AS contracts_in_force
FROM (SELECT getvariable('ref') AS provider) AS asked
LEFT JOIN providers USING (provider)
LEFT JOIN held.provider_registered AS registered USING (provider)
