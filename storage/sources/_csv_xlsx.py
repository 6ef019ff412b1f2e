"""A sheet of a workbook, a row at a time: its cells as they are kept, times and numbers too."""

import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, time
from importlib import import_module
from typing import Any

from storage.sources import SourceError
from storage.sources._csv_cell import plain
from storage.sources._csv_files import File

SUFFIXES = (".xlsx", ".xlsm")
MIDNIGHT = time()


def cells(file: File, sheet: str) -> Iterator[tuple[int, Sequence[Any]]]:
    """Each row that is not empty by its number, the one of the names first."""
    with _sheet(file, sheet) as found:
        for number, row in enumerate(found.iter_rows(values_only=True), 1):
            values = [_cell(value) for value in row]
            while values and plain(values[-1]) == "":
                values.pop()
            if values:
                yield number, values


def count(file: File, sheet: str) -> int:
    """About how many rows there are below the names; 0 where the workbook does not say."""
    with _sheet(file, sheet) as found:
        return max(0, (found.max_row or 1) - 1)


@contextmanager
def _sheet(file: File, name: str) -> Iterator[Any]:
    # imported only where there is a workbook: it takes its share of the memory of a back-fill
    openpyxl = import_module("openpyxl")
    with file.opened() as opened:
        try:
            book = openpyxl.load_workbook(opened, read_only=True, data_only=True)
        except (zipfile.BadZipFile, KeyError, ValueError) as error:
            raise SourceError(f"{file.name} is no workbook: {error}", permanent=True) from error
        try:
            if name and name not in book.sheetnames:
                raise SourceError(
                    f"{file.name} has no sheet {name!r}; it has {', '.join(book.sheetnames)}",
                    permanent=True,
                )
            yield book[name or book.sheetnames[0]]
        finally:
            book.close()


def _cell(value: Any) -> Any:
    """A workbook has no days of its own: midnight is one."""
    return value.date() if isinstance(value, datetime) and value.time() == MIDNIGHT else value
