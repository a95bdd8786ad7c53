-- claimed: a visit read anew that some invoice claims, by itself or within its contract.
SELECT 1
FROM (FROM near.payable SEMI JOIN judged_anew USING (provider, visit)) AS anew
WHERE (provider, visit) IN (SELECT (provider, visit) FROM claims WHERE visit IS NOT NULL)
   OR (provider, contract) IN (SELECT (provider, contract) FROM claims WHERE visit IS NULL)
LIMIT 1
