"""What a person may be typing: looked up, counted and ranked."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import orjson

from partsearch.contract.filters.understood import Understood
from partsearch.contract.request.search import Search, read_search
from partsearch.contract.request.suggest import Suggestion, SuggestionKind, SuggestRequest
from partsearch.fastapi_service import composer
from partsearch.fastapi_service.database import ReadsStatements
from partsearch.fastapi_service.found_parts import count_parts
from partsearch.fastapi_service.snapshot import Snapshot
from partsearch.fastapi_service.typed.texts import TypedTexts
from partsearch.totals.statistics import latest_statistics
from partsearch.understanding.suggestions import (
    NAMES_LOOKED_UP,
    NUMBERS_LOOKED_UP,
    Candidate,
    Shares,
    TypedText,
    VehiclesOfDictionary,
    choose_names,
    choose_numbers,
    choose_vehicles,
    corrected_starts,
    needs_rare_names,
    number_start,
    rank,
    typed_text,
)


class Suggestions:
    """Suggests what a text may become.

    Args:
        database: where the catalog is.
        typed_texts: knows the dictionary of the process, and what a text means.
    """

    def __init__(self, database: ReadsStatements, typed_texts: TypedTexts) -> None:
        self._database = database
        self._typed_texts = typed_texts
        self._vehicles = VehiclesOfDictionary()

    async def of(self, request: SuggestRequest, client: str | None = None) -> list[Suggestion]:
        """Return the suggestions for a text; if it gives none as typed, those for the corrected text.

        Args:
            request: the text and how many suggestions are wanted.
            client: the client whose share of the connections it counts for, or None for no client.

        Raises:
            ProblemError: as of ``Database.read``.
        """
        if request.q is None:
            return []
        typed = typed_text(request.q)
        found = await self._of_text(typed, request.limit, client) if typed else []
        if found:
            return found
        understood = await self._typed_texts.understood(Search(q=request.q), client)
        corrected = typed_text(understood.q) if understood and understood.corrections else None
        for text in [corrected, *corrected_starts(typed)] if typed else []:
            found = await self._of_text(text, request.limit, client) if text and text != typed else []
            if found:
                break
        return found

    async def _of_text(self, typed: TypedText, limit: int, client: str | None) -> list[Suggestion]:
        shares = Shares(latest_statistics.value.shares if latest_statistics.value is not None else {})
        vehicles = choose_vehicles(typed, self._vehicles.of(await self._typed_texts.dictionary()), shares)
        candidates = [
            *choose_numbers(await self._numbers(typed, client)),
            *await self._with_marks(vehicles, client),
            *choose_names(typed, await self._names(typed, shares, limit, client), shares, limit),
        ]
        understood = [await self._understood(candidate, client) for candidate in candidates]

        async def count(snapshot: Snapshot) -> list[int]:
            return [
                await count_parts(snapshot.read, read_search(dict(candidate.search)), meaning)
                for candidate, meaning in zip(candidates, understood, strict=True)
            ]

        counts = await self._database.read_together(count, client) if candidates else []
        return rank(zip(candidates, counts, strict=True), limit)

    async def _understood(self, candidate: Candidate, client: str | None) -> Understood | None:
        return await self._typed_texts.understood(read_search(dict(candidate.search)), client)

    async def _numbers(self, typed: TypedText, client: str | None) -> Sequence[str]:
        start = number_start(typed)
        return [] if start is None else await self._list(composer.suggested_numbers(start, NUMBERS_LOOKED_UP), client)

    async def _names(
        self, typed: TypedText, shares: Shares, limit: int, client: str | None
    ) -> Iterable[tuple[str, str]]:
        frequent = shares.names(typed)
        if not needs_rare_names(typed, frequent, limit):
            return frequent
        found = await self._list(composer.suggested_names(typed.patterns, NAMES_LOOKED_UP), client)
        return [*frequent, *((attribute, value) for attribute, value in found)]

    async def _with_marks(self, candidates: Sequence[Candidate], client: str | None) -> list[Candidate]:
        """Return the candidates, with the mark before each model; those of another mark than was typed are left out."""
        ids = [candidate.search["model_list"][0] for candidate in candidates if candidate.kind is SuggestionKind.MODEL]
        models = await self._list(composer.marks_of_models(ids), client) if ids else []
        names = {model: (mark, name) for model, mark, name in models}
        found = []
        for candidate in candidates:
            if candidate.kind is not SuggestionKind.MODEL:
                found.append(candidate)
                continue
            mark, name = names.get(candidate.search["model_list"][0], (None, ""))
            if mark is not None and (candidate.marks is None or mark in candidate.marks):
                found.append(replace(candidate, text=name))
        return found

    async def _list(self, statement: composer.Statement, client: str | None) -> list[Any]:
        values: list[Any] = orjson.loads(await self._database.read(statement, client))
        return values
