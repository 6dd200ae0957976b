"""Waiting until both services know the words of the catalog that is in the database now."""

from collections.abc import Iterable
from random import Random
from urllib.parse import quote

from tests.contract.service_client import Service
from tests.support.deadline import wait_for

SECONDS = 12
"""A change is findable with corrections within ten seconds, if no other test runs; two more are for the way."""

_BUSY_SECONDS = 90

_LETTERS = "бвгджзклмнпрстфхцчшщ"
_NEW_CONNECTIONS = 8
"""Enough for each worker of a service to answer at least once."""


def random_word(random: Random) -> str:
    """Return a word that no catalog has and no dictionary knows."""
    return "".join(random.choice(_LETTERS) for _ in range(12))


def with_swapped_letters(word: str) -> str:
    """Return the word with a typing mistake."""
    place = next(place for place in range(5, len(word) - 1) if word[place] != word[place + 1])
    return word[:place] + word[place + 1] + word[place] + word[place + 2 :]


def wait_until_known(services: Iterable[Service], word: str, seconds: float = _BUSY_SECONDS) -> None:
    """Return when every worker of the services corrects a mistake in this word of a shown part's name."""
    _wait_until_understood(services, with_swapped_letters(word), word, seconds)


def wait_until_one_word(services: Iterable[Service], word: str) -> None:
    """Return when every worker of the services takes this text with a sign in it for one word, as a name has it."""
    _wait_until_understood(services, word, word, _BUSY_SECONDS)


def _wait_until_understood(services: Iterable[Service], typed: str, word: str, seconds: float) -> None:
    def is_known(service: Service) -> bool:
        answers = [service.post({"q": typed}, Connection="close") for _ in range(_NEW_CONNECTIONS)]
        answers.append(service.get(f"q={quote(typed)}"))
        return all(answer.json()["understood"]["q"] == word for answer in answers)

    for service in services:
        wait_for(lambda: is_known(service), seconds, f"{service.engine} knows {word}")  # noqa: B023
