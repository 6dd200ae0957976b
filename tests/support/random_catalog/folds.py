"""Folds and rebuilds as the operation does them."""

from random import Random

import asyncpg

REFUSED = (asyncpg.LockNotAvailableError, asyncpg.SerializationError, asyncpg.DeadlockDetectedError)
_LOCK = "LOCK TABLE totals_state IN EXCLUSIVE MODE NOWAIT"
_SEGMENTS = "SELECT totals_segment_of(id) FROM part UNION SELECT segment FROM totals_segment ORDER BY 1"


async def fold(connection: asyncpg.Connection, most: int) -> int:
    """Fold at most that many changes; return how many parts they were."""
    async with connection.transaction(isolation="repeatable_read"):
        await connection.execute(_LOCK)
        folded: int = await connection.fetchval("SELECT totals_fold($1)", most)
    return folded


async def sum_layers(connection: asyncpg.Connection, most: int) -> int:
    """Sum at most that many layers; return how many they were."""
    async with connection.transaction(isolation="repeatable_read"):
        await connection.execute(_LOCK)
        for summed in range(most):
            if not await connection.fetchval("SELECT totals_sum_next()"):
                return summed
    return most


async def rebuild(connection: asyncpg.Connection, random: Random) -> None:
    """Rebuild a random segment."""
    async with connection.transaction(isolation="repeatable_read"):
        await connection.execute(_LOCK)
        segments = [row[0] for row in await connection.fetch(_SEGMENTS)]
        if segments:
            await connection.execute("SELECT totals_rebuild_segment($1)", random.choice(segments))
