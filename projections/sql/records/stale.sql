-- stale: the visits whose records may be others than those that are kept, given `turned`, `visits_spoken` and `kept_records`.
CREATE OR REPLACE TEMP TABLE stale AS
FROM visits_spoken
UNION
SELECT provider, visit FROM kept_records WHERE contract IN (SELECT contract FROM turned WHERE contract IS NOT NULL);

CREATE SCHEMA IF NOT EXISTS scope;
CREATE OR REPLACE TABLE scope.visits AS FROM stale;
CREATE OR REPLACE TABLE scope.providers AS SELECT DISTINCT provider FROM stale;
