-- provider_outlier: a provider misses more calls than chance and the spread between providers explain.
-- Rule: over the complete weeks looked at, its share of calls surely missed lies above the upper 99.8 % limit of a funnel
-- around the council's share; `outlier_min_visits` judged visits or more, and three such providers or more to compare.
-- The limit allows for over-dispersion: the variance between providers by the method of moments, from z-scores winsorised
-- at the 10th and 90th percentile.
-- Why: comparing shares alone accuses small providers and hides large ones.
-- Source: D. Spiegelhalter, "Funnel plots for comparing institutional performance", Statistics in Medicine 24 (2005).
-- Thresholds: lookback_weeks, outlier_min_visits
WITH counted AS (
    SELECT provider, count(*) AS n, count(failures.visit) AS x, flatten(list(failures.evidence)) AS evidence
    FROM visits LEFT JOIN failures USING (provider, visit)
    WHERE due_on >= since_day() AND judged AND monday(due_on) IN (FROM lookback)
    GROUP BY provider
), compared AS (
    SELECT *, sum(x) OVER () / sum(n) OVER () AS p0, x / n AS p, by_chance(p0, n) AS variance
    FROM counted CROSS JOIN today
    WHERE n >= outlier_min_visits AND n > 0
), scored AS (
    SELECT *, (p - p0) / sqrt(variance) AS z FROM compared WHERE p0 > 0 AND p0 < 1
), winsorised AS (
    SELECT
        *, winsorised(z, quantile_cont(z, 0.1) OVER (), quantile_cont(z, 0.9) OVER ()) AS tame,
        count(*) OVER () AS providers, sum(1 / variance) OVER () AS weights, sum(1 / variance ** 2) OVER () AS squares
    FROM scored
), limited AS (
    SELECT
        *,
        between_them(sum(tame ** 2) OVER (), providers, weights, squares) AS between_providers,
        upper_limit(p0, variance, between_providers, sure_998()) AS upper_limit
    FROM winsorised
    WHERE providers >= 3
)
SELECT
    'provider_outlier' AS kind,
    'provider_outlier:' || provider AS key,
    'high' AS severity,
    provider,
    (SELECT min(monday) FROM lookback) AS since,
    NULL::BIGINT AS minutes,
    NULL::BIGINT AS pence,
    x || ' of ' || n || ' calls were missed, ' || round(100 * p, 1) || ' %, where all providers together miss ' || round(100 * p0, 1)
        || ' % and up to ' || round(100 * upper_limit, 1) || ' % could be chance.' AS reason,
    evidence,
    json_object('lookback_weeks', lookback_weeks, 'outlier_min_visits', outlier_min_visits) AS policy
FROM limited
WHERE p > upper_limit
