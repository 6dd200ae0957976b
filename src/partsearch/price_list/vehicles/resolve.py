"""The mark and the model of each row: from its cells, in the spelling of the catalog, or from the name of the part."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

from partsearch.catalog.names import name_key
from partsearch.price_list.errors import TooLargeError
from partsearch.price_list.formats.limits import VEHICLES
from partsearch.price_list.validate import LONGEST_NAME, UNKNOWN_MARK, UNKNOWN_MODEL, ValidRow
from partsearch.price_list.values import JsonValue
from partsearch.price_list.vehicles.directory import VehicleDirectory
from partsearch.price_list.vehicles.scanning import Match
from partsearch.price_list.vehicles.several import NamedVehicle, several_vehicles

FITS = "fits"
"""The key of ``json_data`` with all vehicles of a row that names several."""

APPLICABILITY = "applicability"
"""The key of ``json_data`` with the text of a column such as ``Применяемость``, which names the vehicles."""

CATEGORY = "category"
"""The key of ``json_data`` with the group of goods. It may be a mark, as in ``Запчасти / Toyota``."""

_FITS_PHRASE = re.compile(
    r"(?:подход[а-я]+ (?:к|для|на)|применя[а-я]+|примен[а-я]+ость|совместим[а-я]+|підходить|сумісн[а-яіїє]+"
    r"|fits|compatib[a-z]+|application)(?![^\W_])",
    re.IGNORECASE,
)
"""What a description says before the vehicles that the part fits. Others may be named before it: of the donor, say."""
_TAG = re.compile(r"<[^<>]{1,80}>")
_LONGEST_DESCRIPTION = 4_000
_WORD = re.compile(r"[A-Za-zА-ЯЁІЇЄҐ][A-Za-zА-Яа-яЁёІіЇїЄєҐґ-]{4,}")
_DIGITS = re.compile("[0-9]+")
_CYRILLIC = re.compile("[а-яё]", re.IGNORECASE)
_MAY_BE_SEVERAL = re.compile(r"[|,;/\n]")
_NEAREST_OF = 12
_WORDS_KEPT = 50_000
"""Of the words of rows without a mark: the most frequent ones, whenever there are twice as many."""
_MOST_GROUPS = 5_000


@dataclass
class VehicleCounts:
    """What the rows of a list say of vehicles.

    Attributes:
        from_names: the number of rows whose mark is taken from the applicability, from the name of the part, from the
            section of the list, from its category, or from what its description says that it fits.
        without_mark: the number of rows that name no vehicle.
        replaced: how often a cell was replaced by the name of the directory: ``ВМW`` by ``BMW``.
        nearest: frequent words of rows without a mark, each with its number and the alias that comes closest.
    """

    from_names: int = 0
    without_mark: int = 0
    replaced: Counter[tuple[str, str]] = field(default_factory=Counter)
    nearest: list[tuple[str, int, str]] = field(default_factory=list)


class VehicleResolver:
    """Gives rows their marks and models.

    Args:
        directory: the marks and models with their aliases.
        has_mark: returns whether the catalog has a mark of this name.
        has_model: returns whether the catalog has a model of this name under a mark of this name.
    """

    def __init__(
        self, directory: VehicleDirectory, has_mark: Callable[[str], bool], has_model: Callable[[str, str], bool]
    ) -> None:
        self._directory = directory
        self._has_mark = has_mark
        self._has_model = has_model
        self._marks: dict[str, str] = {}
        self._models: dict[tuple[str, str], str] = {}
        self._other_marks: dict[tuple[str, str], bool] = {}
        self._groups: dict[str, list[Match]] = {}
        self._several: dict[tuple[str, str], list[NamedVehicle]] = {}
        self._unknown_words: Counter[str] = Counter()
        self._counts = VehicleCounts()

    def counts(self) -> VehicleCounts:
        """Return what the rows so far say of vehicles."""
        words = self._unknown_words.most_common(_NEAREST_OF)
        found = [(word, count, self._directory.nearest(word)) for word, count in words]
        nearest = [(word, count, alias.alias) for word, count, alias in found if alias]
        return replace(self._counts, nearest=nearest)

    def resolve(self, row: ValidRow) -> ValidRow:
        """Return the row with its mark and its model. What its cells say has priority over the name of the part.

        A row of an exported list has the names of the catalog already.

        Raises:
            TooLargeError: the list has too many different marks and models.
        """
        if row.part_reference:
            return row
        if row.mark == UNKNOWN_MARK:
            return self._from_name(row)
        return self._from_cells(self._first_of_several(row))

    def _first_of_several(self, row: ValidRow) -> ValidRow:
        """Return the row with one vehicle of its cells, and with all of them in ``fits`` if there are several.

        It is the first that the name of the part has, too; otherwise the first of the cells.
        """
        model = row.model if row.model != UNKNOWN_MODEL else ""
        if not _MAY_BE_SEVERAL.search(row.mark + model):
            return row
        if self._has_mark(row.mark) and self._has_model(row.mark, model):
            return row
        key = (row.mark, model)
        if key not in self._several:
            self._several[key] = several_vehicles(self._directory, row.mark, model)
        vehicles = self._several[key]
        if not vehicles:
            return replace(row, mark=_shortened(row.mark), model=_shortened(row.model))
        marks = {vehicle.mark for vehicle in vehicles}
        found = self._directory.find_vehicles(row.name) if len(vehicles) > 1 or not vehicles[0].model else []
        named = [NamedVehicle(match.mark, match.model) for match in found if match.model and match.mark in marks]
        every = _each_once(self._directory, [*named, *vehicles])
        first = every[0]
        row = replace(row, mark=first.mark, model=first.model or UNKNOWN_MODEL)
        if len(every) == 1:
            return row
        return replace(row, json_data={**row.json_data, FITS: [" ".join(filter(None, each)) for each in every]})

    def _from_cells(self, row: ValidRow) -> ValidRow:
        mark = self._mark(row.mark)
        is_given = row.model != UNKNOWN_MODEL
        if is_given and self._names_other_mark(mark, row.model):
            is_given = False
        model = self._model(row.mark, mark, row.model) if is_given else self._model_in_name(row)
        is_same = (mark, model) == (row.mark, row.model)
        return row if is_same else replace(row, mark=mark, model=model)

    def _names_other_mark(self, mark: str, model: str) -> bool:
        """Return whether the cell of the model names another mark and no model: ``Jeep`` beside ``Dodge``."""
        key = (mark, model)
        if key not in self._other_marks:
            other = self._directory.find_mark(model)
            is_other = other is not None and other.name != self._canonical(mark)
            self._other_marks[key] = is_other and not self._directory.find_model(self._canonical(mark), model)
        return self._other_marks[key]

    def _model_in_name(self, row: ValidRow) -> str:
        """Return the first model of the mark of the row that its name mentions."""
        mark = self._canonical(row.mark)
        matches = self._directory.find_vehicles(f"{mark} {row.name}")
        return next((match.model for match in matches if match.mark == mark and match.model), UNKNOWN_MODEL)

    def _from_name(self, row: ValidRow) -> ValidRow:
        cars = str(row.json_data.get(APPLICABILITY, ""))
        found = self._directory.find_vehicles
        matches = found(cars) or found(row.name) or self._in_groups(row) or self._in_description(row)
        if not matches:
            self._counts.without_mark += 1
            self._count_unknown_words(row.name)
            return row
        self._counts.from_names += 1
        first = matches[0]
        json_data: Mapping[str, JsonValue] = row.json_data
        if len(matches) > 1:
            json_data = {**json_data, FITS: [f"{match.mark} {match.model or ''}".strip() for match in matches]}
        return replace(row, mark=first.mark, model=first.model or UNKNOWN_MODEL, json_data=json_data)

    def _count_unknown_words(self, name: str) -> None:
        self._unknown_words.update(set(_WORD.findall(name)))
        if len(self._unknown_words) > _WORDS_KEPT * 2:
            self._unknown_words = Counter(dict(self._unknown_words.most_common(_WORDS_KEPT)))

    def _in_groups(self, row: ValidRow) -> list[Match]:
        """Return the vehicles of the section or the category, if it names one mark: ``Запчасти КАМАЗ``.

        The name of the part may have the model: ``Фара 65115``.
        """
        for group in (row.section, row.json_data.get(CATEGORY)):
            found = self._in_group(group) if isinstance(group, str) and group else []
            marks = {match.mark for match in found}
            if len(marks) != 1:
                continue
            if any(match.model for match in found):
                return found
            [mark] = marks
            named = [match for match in self._directory.find_vehicles(f"{mark} {row.name}") if match.mark == mark]
            return named or found
        return []

    def _in_group(self, title: str) -> list[Match]:
        if title not in self._groups:
            if len(self._groups) >= _MOST_GROUPS:
                self._groups.clear()
            self._groups[title] = self._directory.find_vehicles(title)
        return self._groups[title]

    def _in_description(self, row: ValidRow) -> list[Match]:
        """Return the vehicles that the description names as those that the part fits."""
        description = row.json_data.get("description")
        phrase = _FITS_PHRASE.search(description) if isinstance(description, str) else None
        if phrase is None or not isinstance(description, str):
            return []
        text = _TAG.sub("; ", description[phrase.end() : phrase.end() + _LONGEST_DESCRIPTION])
        return self._directory.find_vehicles(text)

    def _canonical(self, mark: str) -> str:
        found = self._directory.find_mark(mark)
        return found.name if found else mark

    def _mark(self, text: str) -> str:
        """Return the name of the mark that a cell means: an alias makes no mark of its own."""
        if text not in self._marks:
            name = self._canonical(text)
            is_same = self._has_mark(text) or name_key(name) == name_key(text)
            self._marks[text] = text if is_same else name
            self._check_number()
        return self._counted(text, self._marks[text])

    def _model(self, mark_text: str, mark: str, text: str) -> str:
        """Return the name of the model that a cell means.

        What the seller writes stays, such as ``5 E34``, but for look-alike letters, and for another writing of a model
        that the catalog has: ``Солярис`` beside ``Solaris``.
        """
        key = (mark_text, text)
        if key not in self._models:
            found = self._directory.find_model(self._canonical(mark_text), text)
            replaces = found is not None and found.is_whole and not self._has_model(mark, text)
            if found and replaces:
                has_it = self._has_model(mark, found.name) and _CYRILLIC.search(text)
                replaces = found.has_look_alikes or (
                    bool(has_it) and _DIGITS.findall(text) == _DIGITS.findall(found.name)
                )
            self._models[key] = found.name if found and replaces else text
            self._check_number()
        return self._counted(text, self._models[key])

    def _check_number(self) -> None:
        if len(self._marks) + len(self._models) > VEHICLES:
            raise TooLargeError(
                f"The list has more than {VEHICLES:,} different marks and models.",
                "See with --explain which columns they are read from, and correct that with --profile.",
            )

    def _counted(self, text: str, name: str) -> str:
        if name != text:
            self._counts.replaced[text, name] += 1
        return name


def _shortened(text: str) -> str:
    """Return a name that fits into the catalog: of many the first."""
    return text if len(text) <= LONGEST_NAME else _MAY_BE_SEVERAL.split(text)[0].strip() or text


def _each_once(directory: VehicleDirectory, vehicles: Iterable[NamedVehicle]) -> list[NamedVehicle]:
    """Return each vehicle once; a mark alone is left out where a model of it is there."""
    found: dict[tuple[str, str], NamedVehicle] = {}
    for vehicle in vehicles:
        known = directory.find_model(vehicle.mark, vehicle.model) if vehicle.model else None
        found.setdefault((vehicle.mark, known.name if known else vehicle.model), vehicle)
    with_models = {vehicle.mark for vehicle in found.values() if vehicle.model}
    return [vehicle for vehicle in found.values() if vehicle.model or vehicle.mark not in with_models]
