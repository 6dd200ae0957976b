"""Random writes to the tables of the catalog, of every kind that the schema allows."""

import json
from collections.abc import Awaitable, Callable
from decimal import Decimal
from random import Random

import asyncpg

WORDS = ["бампер", "передний", "левый", "фара", "правая", "задний", "12345", "v50", "а", "аб", "х2", "ёж", "дверь"]
COLORS = ["белый", "черный", "Белый", None, 1, True]
BULK = 20_000

_COLUMNS = "id, name, mark_id, model_id, price, json_data, is_visible"
_INSERT = f"INSERT INTO part ({_COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7)"
_UPSERT = f"""{_INSERT} ON CONFLICT (id) DO UPDATE SET
    name = excluded.name, price = excluded.price, json_data = excluded.json_data"""
_INSERT_MANY = f"""
    INSERT INTO part ({_COLUMNS})
    SELECT given.id, given.name, model.mark_id, given.model_id, given.price, given.json_data, given.is_visible
    FROM unnest($1::bigint[], $2::text[], $3::bigint[], $4::numeric[], $5::jsonb[], $6::boolean[])
        AS given (id, name, model_id, price, json_data, is_visible)
    JOIN model ON model.id = given.model_id"""
_INSERT_BULK = f"""
    INSERT INTO part ({_COLUMNS})
    SELECT number, 'бампер ' || number % 50, model.mark_id, model.id, number % 1000,
        json_build_object('color', (ARRAY['белый', 'черный'])[number % 2 + 1]), number % 9 > 0
    FROM generate_series($1::bigint, $2) AS number
    JOIN (SELECT *, row_number() OVER (ORDER BY id) AS place, count(*) OVER () AS models FROM model) AS model
        ON model.place = number % model.models + 1"""


def random_name(random: Random) -> str:
    """Return one to five words, sometimes the same word twice."""
    return " ".join(random.choice(WORDS) for _ in range(random.randint(1, 5)))


def random_price(random: Random) -> Decimal:
    """Return a price that a part can have."""
    kopecks = random.choice([random.randrange(100000), random.randrange(100) * 10000, random.randrange(10**12)])
    return Decimal(kopecks) / 100


def random_json(random: Random) -> str:
    """Return json_data in which a key has values of several types."""
    known = {
        "color": random.choice(COLORS),
        "is_new_part": random.choice([True, False, "true", None]),
        "year": random.choice([2010, 2011, "2010", 2010.5, 10]),
        "side": random.choice(["left", "right", ["left"]]),
    }
    return json.dumps({name: value for name, value in known.items() if random.random() < 0.6})


def random_id(random: Random) -> int:
    """Return an id: mostly a low one, else at the ends of segments or of bigint."""
    return random.choice([
        random.randrange(1, 200),
        random.randrange(1, 200),
        63990 + random.randrange(20),
        random.randrange(127000, 129000),
        random.randrange(10**7),
        2**63 - 1 - random.randrange(3),
        -(2**63) + random.randrange(3),
        -random.randrange(3),
    ])  # fmt: skip


class RandomWrites:
    """Writes random rows with statements of every kind.

    Args:
        random: decides everything.
        is_alone: nobody else writes, so also the writes that others would make fail are tried.
    """

    def __init__(self, random: Random, *, is_alone: bool = True) -> None:
        self._random = random
        self._kinds: list[Callable[[asyncpg.Connection], Awaitable[object]]] = [
            *[self._upsert, self._insert_many] * 4,
            *[self._update_price, self._update_text] * 3,
            *[self._delete, self._update_visibility, self._update_mark, self._update_model] * 2,
            self._copy, self._update_id, self._change_model, self._merge, self._touch,
            self._move_model, self._remove_model, self._replace_mark, self._replace_parts, self._new_mark,
        ]  # fmt: skip
        if is_alone:
            self._kinds.append(self._renumber_model)

    async def write(self, connection: asyncpg.Connection) -> str:
        """Execute one write, at times in a savepoint that is rolled back; return its name."""
        write = self._kind()
        if self._random.random() < 0.15:
            transaction = connection.transaction()
            await transaction.start()
            try:
                await write(connection)
            finally:
                await transaction.rollback()
            return f"{write.__name__}, rolled back"
        await write(connection)
        return write.__name__

    def _kind(self) -> Callable[[asyncpg.Connection], Awaitable[object]]:
        chance = self._random.random()
        if chance < 0.01:
            return self._truncate
        return self._insert_bulk if chance < 0.03 else self._random.choice(self._kinds)

    async def _upsert(self, connection: asyncpg.Connection) -> None:
        number = random_id(self._random)
        for part in range(number, min(number + self._random.choice([1, 1, 5]), 2**63)):
            await connection.execute(_UPSERT, *await self._row(connection, part))

    async def _row(self, connection: asyncpg.Connection, part: int) -> tuple[object, ...]:
        random = self._random
        models = await connection.fetch("SELECT mark_id, id FROM model ORDER BY id")
        mark, model = random.choice(models)
        visible = random.random() < 0.85
        return part, random_name(random), mark, model, random_price(random), random_json(random), visible

    async def _free_ids(self, connection: asyncpg.Connection, count: int) -> list[int]:
        ids = {random_id(self._random) for _ in range(count)}
        used = await connection.fetch("SELECT id FROM part WHERE id = ANY ($1)", list(ids))
        return sorted(ids - {row[0] for row in used})

    async def _insert_many(self, connection: asyncpg.Connection) -> None:
        ids = await self._free_ids(connection, self._random.choice([1, 5, 50]))
        rows = [await self._row(connection, part) for part in ids]
        columns = [[row[column] for row in rows] for column in (0, 1, 3, 4, 5, 6)]
        await connection.execute(_INSERT_MANY, *columns)

    async def _copy(self, connection: asyncpg.Connection) -> None:
        rows = [await self._row(connection, part) for part in await self._free_ids(connection, 30)]
        await connection.copy_records_to_table("part", records=rows, columns=_COLUMNS.split(", "))

    async def _insert_bulk(self, connection: asyncpg.Connection) -> None:
        first = self._random.choice([200_000, 300_000, 4 * 64_000 - 100]) + self._random.randrange(5) * 1000
        last = first + BULK + self._random.choice([0, 1000])
        await connection.execute("DELETE FROM part WHERE id BETWEEN $1 AND $2", first, last)
        await connection.execute(_INSERT_BULK, first, last)

    async def _update_price(self, connection: asyncpg.Connection) -> None:
        price = random_price(self._random)
        await connection.execute("UPDATE part SET price = $1 WHERE id % 7 = $2", price, self._random.randrange(7))

    async def _update_text(self, connection: asyncpg.Connection) -> None:
        name, attributes = random_name(self._random), random_json(self._random)
        remainder = self._random.randrange(11)
        await connection.execute(
            "UPDATE part SET name = $1, json_data = $2 WHERE id % 11 = $3", name, attributes, remainder
        )

    async def _update_visibility(self, connection: asyncpg.Connection) -> None:
        await connection.execute(
            "UPDATE part SET is_visible = NOT is_visible WHERE id % 5 = $1", self._random.randrange(5)
        )

    async def _update_id(self, connection: asyncpg.Connection) -> None:
        step = self._random.choice([1, 64_000, 1_000_000])
        await connection.execute(
            "UPDATE part SET id = id + $1 WHERE id = (SELECT max(id) FROM part WHERE id < $2)"
            " AND NOT EXISTS (SELECT FROM part AS other WHERE other.id = part.id + $1)",
            step,
            self._random.choice([200, 64_000, 500_000]),
        )

    async def _change_model(self, connection: asyncpg.Connection) -> None:
        await connection.execute(
            "UPDATE part SET model_id = other.id, mark_id = other.mark_id"
            " FROM (SELECT id, mark_id FROM model ORDER BY id OFFSET $1 LIMIT 1) AS other WHERE part.id % 17 = 3",
            self._random.randrange(5),
        )

    async def _touch(self, connection: asyncpg.Connection) -> None:
        await connection.execute("UPDATE part SET name = name WHERE id < 100000")

    async def _delete(self, connection: asyncpg.Connection) -> None:
        await connection.execute("DELETE FROM part WHERE id % 13 = $1", self._random.randrange(13))

    async def _truncate(self, connection: asyncpg.Connection) -> None:
        await connection.execute("TRUNCATE part")

    async def _merge(self, connection: asyncpg.Connection) -> None:
        await connection.execute(
            """
            MERGE INTO part USING (
                SELECT number AS id, model.mark_id, model.id AS model_id
                FROM generate_series($1::bigint, $1 + 9) AS number, (SELECT * FROM model ORDER BY id LIMIT 1) AS model
            ) AS given ON part.id = given.id
            WHEN MATCHED AND part.id % 2 = 0 THEN UPDATE SET price = part.price / 2 + 1
            WHEN MATCHED THEN DELETE
            WHEN NOT MATCHED THEN INSERT (id, name, mark_id, model_id, price)
                VALUES (given.id, 'фара', given.mark_id, given.model_id, 7)
            """,
            self._random.randrange(1, 200),
        )

    async def _replace_parts(self, connection: asyncpg.Connection) -> None:
        await connection.execute(
            f"""
            WITH removed AS (DELETE FROM part WHERE id % 19 = $1 RETURNING *)
            INSERT INTO part ({_COLUMNS})
            SELECT id, name || ' ёж', mark_id, model_id, price, json_data, is_visible FROM removed LIMIT $2
            """,
            self._random.randrange(19),
            self._random.choice([1, 1000]),
        )

    async def _update_mark(self, connection: asyncpg.Connection) -> None:
        random = self._random
        if random.random() < 0.5:
            await connection.execute(
                "UPDATE mark SET is_visible = NOT is_visible WHERE id = $1", random.randrange(1, 8)
            )
        else:
            await connection.execute(
                "UPDATE mark SET producer_country_name = $1, name = $2 WHERE id = $3",
                random.choice(["Япония", "Корея"]),
                random.choice(["Honda", "Kia", "Лада"]),
                random.randrange(1, 8),
            )

    async def _update_model(self, connection: asyncpg.Connection) -> None:
        await connection.execute(
            "UPDATE model SET is_visible = NOT is_visible WHERE id = $1", self._random.randrange(1, 13)
        )

    async def _move_model(self, connection: asyncpg.Connection) -> None:
        await connection.execute(
            "UPDATE model SET mark_id = (SELECT id FROM mark ORDER BY id OFFSET $1 LIMIT 1),"
            " is_visible = $2 WHERE id = $3",
            self._random.randrange(4),
            self._random.random() < 0.7,
            self._random.randrange(1, 13),
        )

    async def _remove_model(self, connection: asyncpg.Connection) -> None:
        async with connection.transaction():
            model = self._random.randrange(6, 13)
            await connection.execute("DELETE FROM part WHERE model_id = $1", model)
            await connection.execute("DELETE FROM model WHERE id = $1", model)

    async def _renumber_model(self, connection: asyncpg.Connection) -> None:
        await connection.execute(
            "UPDATE model SET id = 12, is_visible = NOT is_visible"
            " WHERE id = $1 AND NOT EXISTS (SELECT FROM model WHERE id = 12)",
            self._random.randrange(6, 12),
        )

    async def _replace_mark(self, connection: asyncpg.Connection) -> None:
        async with connection.transaction():
            mark = self._random.randrange(1, 8)
            await connection.execute("DELETE FROM mark WHERE id = $1", mark)
            await connection.execute(
                "INSERT INTO mark (id, name, producer_country_name, is_visible) VALUES ($1, 'Honda', 'Корея', $2)",
                mark,
                self._random.random() < 0.7,
            )

    async def _new_mark(self, connection: asyncpg.Connection) -> None:
        """Insert a mark after its model, and the parts before the mark: its foreign key is checked at the commit."""
        async with connection.transaction():
            mark = await connection.fetchval("SELECT max(id) + 1 FROM mark")
            model = await connection.fetchval("SELECT max(id) + 1 FROM model")
            if mark > 7 or model > 12:
                return
            await connection.execute("INSERT INTO model (id, name, mark_id) VALUES ($1, 'Mo', $2)", model, mark)
            if self._random.random() < 0.2:
                await self._insert_bulk(connection)
            await connection.execute("INSERT INTO mark (id, name) VALUES ($1, 'Новая')", mark)
