"""The limits of the contract."""

from decimal import Decimal

PARTS_PER_PAGE = 10
BODY_BYTES = 64 * 1024
BODY_READ_BYTES = BODY_BYTES + 1
"""The bytes of a body to read at most: enough to know that it is too large."""
ADMIN_BODY_BYTES = 10 * 1024 * 1024
"""The largest body that the admin accepts, a form or a file. Nginx has the same limit."""
TEXT_LENGTH = 200
PARTS_PER_PAGE_MAXIMUM = 100
FACETS = 10
FACET_VALUES = 20
SUGGESTIONS = 10
SUGGESTIONS_MAXIMUM = 20
LIST_ITEMS = 1_000
PARAMS_KEYS = 20
PRICE_MAXIMUM = Decimal("9999999999.99")
PAGE_MAXIMUM = 1_000_000

ID_MAXIMUM = 2**63 - 1
"""PostgreSQL's largest bigint. A larger id is valid and matches no row."""

QUEUE_SECONDS = 1.0
"""How long a search may wait in the queue. After that it gets 429 if its own address is over its share, else 503."""

CLOSED_SOCKETS_PER_SECOND = 50
"""How many live-search sockets the whole site closes in a second while it drains: their clients reconnect at once."""

PARAMS_NUMBER_MAXIMUM = Decimal("1e100")
PARAMS_NUMBER_DECIMALS = 400
"""Numbers in ``params`` beyond these are invalid: PostgreSQL's numeric, and so jsonb, cannot hold every JSON number."""

JSON_DEPTH = 100
"""How deep the JSON of a body may be nested. Python's own limit depends on its version and on the caller's stack."""

CENT = Decimal("0.01")

EXPORTS_PER_WORKER = 2
"""How many exports one process runs at a time. Each has a connection of its own, apart from those of the searches."""
EXPORT_SECONDS = 1_800.0
"""How long one export may take in all."""
EXPORT_STATEMENT_SECONDS = 60.0
"""How long the database may take for the next parts of an export, the first ones included."""
EXPORT_WRITE_SECONDS = 30.0
"""How long a client may take none of the bytes that wait for it."""
EXPORT_BATCH = 200
"""How many parts of an export are read and written at a time. Searches of the same process wait for one batch."""
