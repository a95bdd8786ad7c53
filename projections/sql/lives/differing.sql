-- What holds and is not on record as open (`opening`), and what is open and holds no longer (`ending`), of the
-- findings in `holding` and the episodes in `concerned`.
CREATE OR REPLACE TEMP TABLE still_open AS
SELECT opened.* FROM concerned AS opened ANTI JOIN log.finding_withdrawn USING (finding);

CREATE OR REPLACE TEMP TABLE opening AS
SELECT DISTINCT ON (key) holding.* FROM holding ANTI JOIN still_open USING (key);

CREATE OR REPLACE TEMP TABLE numbered AS
SELECT opening.*, coalesce(max(before.episode), 0) + 1 AS episode
FROM opening LEFT JOIN log.finding_opened AS before USING (key)
GROUP BY ALL;

CREATE OR REPLACE TEMP TABLE ending AS
SELECT still_open.* FROM still_open ANTI JOIN holding USING (key);
