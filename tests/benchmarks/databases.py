"""Databases beside that of a site, in the same cluster."""

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from tests.support.site import RunningSite


def superuser(site: RunningSite, database: str = "postgres") -> str:
    """Return the connection string of the superuser of the embedded cluster."""
    return make_conninfo(site.conninfo, user="postgres", dbname=database)


def new_database(site: RunningSite, name: str) -> str:
    """Create an empty database in the cluster of the site, and return its URL."""
    with psycopg.connect(superuser(site), autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {} OWNER partsearch").format(sql.Identifier(name)))
    return site.conninfo.replace("/partsearch?", f"/{name}?")


def drop_database(site: RunningSite, name: str) -> None:
    """Drop a database with everything in it."""
    with psycopg.connect(superuser(site), autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
