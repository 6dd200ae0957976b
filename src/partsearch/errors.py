"""The root of partsearch's exceptions."""


class PartsearchError(Exception):
    """The root of every error that partsearch raises on purpose.

    ``str(error)`` names the cause; ``next_step`` tells the reader what to do about it.
    """

    def __init__(self, cause: str, next_step: str = "") -> None:
        super().__init__(cause)
        self.next_step = next_step
