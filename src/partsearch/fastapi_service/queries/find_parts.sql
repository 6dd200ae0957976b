-- The page that a search asks for, with the exact count and sum of all matches: one statement, so one snapshot.
-- {matching} stands for the FROM and WHERE that the blocks of matching.sql make up. {limit} is written out and not a
-- parameter: PostgreSQL plans anew for every search, which costs as much as running it, where it does not know the limit.
WITH totals AS (
    SELECT count(*) AS count, trim_scale(coalesce(sum(part.price), 0)) AS summ
    {matching}
),
page AS (
    SELECT part.id
    {matching}
    ORDER BY part.id
    {limit}
),
found AS (
    SELECT
        part.id,
        (SELECT row_to_json(shown) FROM (SELECT mark.id, mark.name, mark.producer_country_name) AS shown) AS mark,
        (SELECT row_to_json(shown) FROM (SELECT model.id, model.name) AS shown) AS model,
        part.name,
        part.json_data,
        trim_scale(part.price) AS price
    FROM page
    JOIN part ON part.id = page.id
    JOIN mark ON mark.id = part.mark_id
    JOIN model ON model.id = part.model_id
)
SELECT concat(
    '{"response":[', (SELECT string_agg(row_to_json(found)::text, ',' ORDER BY found.id) FROM found),
    '],"count":', totals.count,
    ',"summ":', totals.summ,
    '}'
)
FROM totals
