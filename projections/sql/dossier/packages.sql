-- The packages of a person that are in force, and what each promises.
SELECT
    contract, provider, service, starts_on, weekly_minutes,
    (SELECT list_sort(list(DISTINCT line || ' at ' || strftime(DATE '2000-01-01' + starts_at, '%H:%M') || ' for ' || minutes || ' min'))
     FROM contract_lines AS line_of WHERE line_of.contract = contracts_today.contract) AS promised
FROM contracts_today
WHERE person = $person
ORDER BY contract
