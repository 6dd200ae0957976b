"""The rows of a catalog as CSV files, in columns of their own as an engine that scans needs them."""

from pathlib import Path

import psycopg

PART_FILE, MARK_FILE, MODEL_FILE = "parts.csv", "marks.csv", "models.csv"

_QUERIES = {
    MARK_FILE: "SELECT id, name_normalized, producer_country_name_normalized FROM mark",
    MODEL_FILE: "SELECT id, name_normalized FROM model",
    PART_FILE: """
        SELECT
            part.id, part.name_normalized, part.mark_id, part.model_id, part.price,
            (part.is_visible AND mark.is_visible AND model.is_visible)::int,
            part.color, part.is_new_part::int,
            part.attributes ->> 'side', part.attributes ->> 'article',
            (part.attributes -> 'year')::int, (part.attributes -> 'count')::int
        FROM part JOIN mark ON mark.id = part.mark_id JOIN model ON model.id = part.model_id
        ORDER BY part.id
    """,
}


def write_rows(conninfo: str, folder: Path) -> None:
    """Write the files into the folder."""
    with psycopg.connect(conninfo) as connection:
        connection.execute("SET statement_timeout = 0")
        for name, query in _QUERIES.items():
            copy = f"COPY ({query}) TO STDOUT (FORMAT csv)".encode()
            with connection.cursor().copy(copy) as rows, folder.joinpath(name).open("wb") as file:
                file.writelines(rows)
