-- card_funnel: each share of the card beside those of all providers, with how far chance could carry it.
-- Rule: as provider_outlier, and in the same words: the share of all that have `outlier_min_visits` or more, 95 % and 99.8 %
-- limits for each one's own number, allowing for the spread between providers. Fewer, or fewer than three such providers: too
-- few to judge. `above` and `below` are beyond the 99.8 % limits: with a dozen measures, one in twenty is found by chance.
-- Why: a verdict is a reason to look, never a ranking.
-- Source: D. Spiegelhalter, "Funnel plots for comparing institutional performance", Statistics in Medicine 24 (2005).
WITH compared AS (
    SELECT
        card_shares.*,
        x / n AS share,
        sum(x) OVER (PARTITION BY measure) / sum(n) OVER (PARTITION BY measure) AS centre,
        count(*) OVER (PARTITION BY measure) AS providers
    FROM card_shares CROSS JOIN period
    WHERE n >= outlier_min_visits AND n > 0
), scored AS (
    SELECT
        *, by_chance(centre, n) AS variance,
        CASE WHEN variance > 0 THEN (share - centre) / sqrt(variance) ELSE 0 END AS z,
        CASE WHEN variance > 0 THEN 1 / variance END AS weight
    FROM compared
    WHERE providers >= 3
), tamed AS (
    SELECT
        *,
        winsorised(z, quantile_cont(z, 0.1) OVER (PARTITION BY measure), quantile_cont(z, 0.9) OVER (PARTITION BY measure)) AS tame
    FROM scored
), limited AS (
    SELECT
        provider, measure, share, centre, variance,
        coalesce(between_them(
            sum(tame ** 2) OVER (PARTITION BY measure), providers,
            sum(weight) OVER (PARTITION BY measure), sum(weight ** 2) OVER (PARTITION BY measure)), 0) AS between_providers
    FROM tamed
)
SELECT
    card_shares.provider, card_shares.measure, card_shares.x, card_shares.n,
    CASE WHEN card_shares.n > 0 THEN card_shares.x / card_shares.n END AS share,
    centre,
    CASE WHEN centre IS NOT NULL THEN greatest(0, lower_limit(centre, variance, between_providers, sure_95())) END AS lower_95,
    CASE WHEN centre IS NOT NULL THEN least(1, upper_limit(centre, variance, between_providers, sure_95())) END AS upper_95,
    CASE WHEN centre IS NOT NULL THEN greatest(0, lower_limit(centre, variance, between_providers, sure_998())) END AS lower_998,
    CASE WHEN centre IS NOT NULL THEN least(1, upper_limit(centre, variance, between_providers, sure_998())) END AS upper_998,
    CASE
        WHEN centre IS NULL THEN 'too few to judge'
        WHEN limited.share > upper_998 THEN 'above'
        WHEN limited.share < lower_998 THEN 'below'
        ELSE 'within'
    END AS verdict
FROM card_shares
LEFT JOIN limited USING (provider, measure)
