"""Insert generated parts by COPY: in blocks of 100,000, each in a transaction of its own, two at a time.

``totals.loading`` builds the totals of a segment while the next parts are inserted: a trigger would make them wait.

Nothing has to be undone after Ctrl-C, a killed command or a killed database: the blocks in the catalog are whole, the
record names them, and the same command inserts the others. A part has the same id as without the interruption.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager, suppress
from itertools import islice
from threading import Event, Lock
from typing import Any

import orjson
import psycopg
from django.db import Error

from partsearch.catalog.generation.car_rows import Added
from partsearch.catalog.generation.index_buffers import turn_buffers_off, turn_buffers_on
from partsearch.catalog.generation.progress import LoadProgress
from partsearch.catalog.generation.record import Begun, add_block, begin, only_generation, reserve_ids
from partsearch.catalog.generation.shape import Shape
from partsearch.catalog.generation.shapes import generated_block
from partsearch.database.address.configured import direct_database_address
from partsearch.database.django_setup import LoadInterruptedError
from partsearch.database.errors.command_errors import database_error

_CONNECTIONS = 2
"""One process of PostgreSQL uses one core; Python needs a quarter of one for each of them."""

_BATCH = 1_000
_CANCEL_SECONDS = 5
_COPY = "COPY part (id, name, mark_id, model_id, price, json_data, is_visible) FROM STDIN"
_CONTINUE = "Run the same command again: it continues there."


def _connect() -> psycopg.Connection[Any]:
    return psycopg.connect(direct_database_address().conninfo(), prepare_threshold=None)


class _StoppedError(Exception):
    """The load ends before its time."""


def load_by_copy(number: int, seed: int, shape: Shape, after_first_block: Callable[[], None]) -> Added:
    """Insert ``number`` parts with their cars, or those that an earlier run of the same command has left out.

    Raises:
        PartsearchError: it was interrupted or failed; says how many parts are in the catalog.
    """
    with only_generation():
        begun = begin(number, seed, shape)
        left = number - begun.loaded
        with LoadProgress(number, begun.loaded) as progress:
            if begun.generation.blocks:
                progress.say(f"Continuing an unfinished generation: {begun.loaded:,} of {number:,} parts are there.")
            _Load(begun, progress, after_first_block).run()
    return Added(left, begun.cars.new_marks, begun.cars.new_models)


class _Load:
    """The blocks of a generation on their way into the table."""

    def __init__(self, begun: Begun, progress: LoadProgress, after_first_block: Callable[[], None]) -> None:
        self._begun = begun
        self._after_first_block = after_first_block
        self._progress = progress
        self._stopped = Event()
        self._lock = Lock()
        self._loaded = begun.loaded
        self._connections: set[psycopg.Connection[Any]] = set()

    def run(self) -> None:
        """Insert the blocks that are left, and delete the record."""
        with self._errors_say_how_to_continue(), self._buffered_indexes():
            self._load_blocks()
        with self._errors_say_how_to_continue():
            self._begun.generation.delete()

    @contextmanager
    def _errors_say_how_to_continue(self) -> Iterator[None]:
        try:
            yield
        except KeyboardInterrupt:
            raise LoadInterruptedError(f"Interrupted: {self._state()}.", _CONTINUE) from None
        except (Error, psycopg.Error) as error:
            translated = database_error(error)
            if translated is None:
                raise
            step = f"{translated.next_step} {_CONTINUE}"
            raise type(translated)(f"{translated} {self._state()}.", step) from error

    def _state(self) -> str:
        return f"{self._loaded:,} of {self._begun.generation.number:,} parts are in the catalog"

    @contextmanager
    def _buffered_indexes(self) -> Iterator[None]:
        with _connect() as connection:
            connection.autocommit = True
            turn_buffers_on(connection)
        try:
            yield
        finally:
            self._turn_buffers_off()

    def _turn_buffers_off(self) -> None:
        # Where the database is gone, the next generation does it.
        with suppress(psycopg.Error), _connect() as connection:
            connection.autocommit = True
            for index in turn_buffers_off(connection):
                self._progress.say(f"{index} is in use. Later run: ALTER INDEX {index} SET (fastupdate = off)")

    def _load_blocks(self) -> None:
        blocks = self._begun.blocks_left
        if blocks and not self._begun.loaded:
            self._load(blocks.pop(0))
        if blocks:
            self._after_first_block()
        with ThreadPoolExecutor(_CONNECTIONS) as pool:
            try:
                for finished in as_completed([pool.submit(self._load, block) for block in blocks]):
                    finished.result()
            except BaseException:
                self._stop()
                pool.shutdown(wait=False, cancel_futures=True)
                raise

    def _stop(self) -> None:
        """End the threads: those that send rows at the next batch, those that wait for the database at once."""
        self._stopped.set()
        with self._lock:
            waiting = list(self._connections)
        for connection in waiting:
            with suppress(psycopg.Error):
                connection.cancel_safe(timeout=_CANCEL_SECONDS)

    def _load(self, block: int) -> None:
        try:
            self._insert(block, self._begun.first_id(block))
        except psycopg.errors.UniqueViolation as error:
            if error.diag.constraint_name != "part_pkey":
                raise
            # A program that names its ids itself has taken one that was reserved.
            with _connect() as connection:
                first_id = reserve_ids(connection.cursor(), self._begun.block_size(block))
            self._insert(block, first_id)

    def _insert(self, block: int, first_id: int) -> None:
        with _connect() as connection, self._can_be_cancelled(connection):
            # A time limit of the role is for its searches.
            connection.execute("SET LOCAL statement_timeout = 0")
            connection.execute("SET LOCAL partsearch.totals_later = on")
            with connection.cursor().copy(_COPY) as copy:
                for row in self._rows(block, first_id):
                    copy.write_row(row)
            add_block(connection, self._begun.generation, block)
            connection.commit()
        with self._lock:
            self._loaded += self._begun.block_size(block)

    @contextmanager
    def _can_be_cancelled(self, connection: psycopg.Connection[Any]) -> Iterator[None]:
        with self._lock:
            self._connections.add(connection)
        try:
            yield
        finally:
            with self._lock:
                self._connections.discard(connection)

    def _rows(self, block: int, first_id: int) -> Iterator[tuple[object, ...]]:
        """Yield the rows of a block. Psycopg writes them in the format of COPY, with all that this format escapes."""
        generation, ids = self._begun.generation, self._begun.cars.ids
        parts = islice(generated_block(Shape(generation.shape), generation.seed, block), self._begun.block_size(block))
        for number, part in enumerate(parts):
            if number % _BATCH == 0:
                if self._stopped.is_set():
                    raise _StoppedError
                self._progress.advance(min(_BATCH, self._begun.block_size(block) - number))
            mark_id, model_id = ids[part.mark.name, part.model.name]
            attributes = orjson.dumps(part.json_data).decode()
            yield first_id + number, part.name, mark_id, model_id, part.price, attributes, part.is_visible
