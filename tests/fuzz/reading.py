"""Reads a file as an import does, up to the database, and checks what comes out."""

import faulthandler
import os
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO
from unittest import mock

from partsearch.price_list.errors import PriceListError
from partsearch.price_list.formats import open_price_list
from partsearch.price_list.formats.limits import CELL_CHARACTERS, COLUMNS
from partsearch.price_list.formats.workbook import process, read
from partsearch.price_list.recognise import choose_table
from partsearch.price_list.validate import validate


def read_list(path: Path) -> str:
    """Return how reading a list ended: ``read``, or the name of its error.

    Raises:
        AssertionError: a record breaks what ``Record`` promises, or an error lacks a cause or a next step.
        Exception: any other error than one of price lists is a fault of the reader.
    """
    try:
        with open_price_list(path) as tables:
            assert tables
            for table in tables:
                for record in table.records():
                    assert len(record.cells) <= COLUMNS + 1
                    text = "".join(record.cells)
                    assert "\0" not in text, "NUL cannot be stored"
                    text.encode()
                    assert record.error or all(len(cell) <= CELL_CHARACTERS for cell in record.cells)
            table, layout = choose_table(tables, path)
            for _ in validate(table.records(), layout):
                pass
    except PriceListError as error:
        assert str(error), "an error without a cause"
        assert error.next_step, "an error without a next step"
        return type(error).__name__
    return "read"


@contextmanager
def forked_workbooks() -> Iterator[None]:
    """Within this context a workbook is parsed in a fork of this process: starting Python takes 20 times as long."""
    with mock.patch.object(read.subprocess, "Popen", _Fork):
        yield


class _Fork:
    """A fork that does what ``python -m ...workbook.process`` does."""

    def __init__(self, command: list[str], stdout: IO[bytes], stderr: IO[bytes]) -> None:
        self.returncode: int | None = None
        self._pid = os.fork()
        if self._pid == 0:
            self._run(command[command.index("-m") + 2 :], stdout.fileno(), stderr.fileno())

    @staticmethod
    def _run(arguments: list[str], stdout: int, stderr: int) -> None:
        code = 1
        faulthandler.disable()
        try:
            os.dup2(stdout, 1)
            os.dup2(stderr, 2)
            sys.stdout = os.fdopen(1, "w")
            sys.argv = ["process", *arguments]
            process.main()
            sys.stdout.flush()
            code = 0
        except SystemExit as error:
            os.write(2, str(error).encode())
        except BaseException:
            os.write(2, traceback.format_exc().encode())
        finally:
            os._exit(code)

    def wait(self, timeout: float | None = None) -> int:
        if self.returncode is None:
            _, status = os.waitpid(self._pid, 0)
            self.returncode = os.waitstatus_to_exitcode(status)
        return self.returncode

    def kill(self) -> None:
        """Do nothing: ``wait`` has ended before."""
