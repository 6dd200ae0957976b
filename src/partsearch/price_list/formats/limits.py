"""The limits on a price list. They keep a hostile or broken file from using up the machine."""

MEBIBYTE = 1024 * 1024

FILE_BYTES = 1024 * MEBIBYTE
"""Of the file, of standard input, of what an archive unpacks to, and of the rows of a workbook or page."""

STREAM_SECONDS = 1_800
"""How long standard input or a pipe may take to its end."""

PACKING_RATIO = 250
"""Real lists are packed to a twentieth, repetitive XML to a hundredth; a bomb to a thousandth."""

PACKING_RATIO_FROM = 16 * MEBIBYTE
"""Below this size the ratio says nothing."""

NESTED_ARCHIVES = 3

TABLES = 1_000
"""Of a file. Each is looked at for goods."""

COLUMNS = 16_384
"""As many as a sheet of Excel has."""

ROWS = 1_048_576
"""As many as a sheet of Excel has."""

CELL_CHARACTERS = 131_072
"""Four times as many as a cell of Excel has."""

RECORD_CHARACTERS = 4 * MEBIBYTE

NAME_CHARACTERS = 1_000
"""Of the name of a category. Its path is repeated in each row."""

NAMES = 200_000
"""Of categories, groups and properties, which are kept in memory."""

VEHICLES = 100_000
"""Different marks and models of a list, which are kept in memory. The largest directories have some 30,000."""

WORKBOOK_PROCESS_BYTES = 400 * MEBIBYTE
WORKBOOK_PROCESS_SECONDS = 300
"""Of processor time."""
