-- Once a statement and not once a row; and PostgreSQL sends equal notifications of a transaction once, at its commit.
CREATE FUNCTION catalog_notify() RETURNS trigger
    LANGUAGE plpgsql
AS $$
BEGIN
    PERFORM pg_catalog.pg_notify('partsearch_catalog', '');
    RETURN NULL;
END
$$;

CREATE TRIGGER catalog_notify AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON mark
    FOR EACH STATEMENT EXECUTE FUNCTION catalog_notify();

CREATE TRIGGER catalog_notify AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON model
    FOR EACH STATEMENT EXECUTE FUNCTION catalog_notify();

CREATE TRIGGER catalog_notify AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON part
    FOR EACH STATEMENT EXECUTE FUNCTION catalog_notify();
