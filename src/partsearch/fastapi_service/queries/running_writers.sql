-- Return as a JSON array the largest key, and the transactions that may have taken keys and are not over: each of them
-- has locked the table since before its first key.
SELECT json_build_array(
    (SELECT coalesce(max(totals_key.id), 0) FROM totals_key),
    (
        SELECT coalesce(json_agg(DISTINCT pg_locks.virtualtransaction), '[]')
        FROM pg_locks
        WHERE
            pg_locks.relation = 'totals_key'::regclass
            AND pg_locks.mode = 'RowExclusiveLock'
            AND pg_locks.database = (SELECT oid FROM pg_database WHERE datname = current_database())
    )
);
