"""The producer countries of well-known marks, in Russian, for the field ``producer_country_name``."""

from partsearch.catalog.names import name_key

_MARKS_BY_COUNTRY = {
    "Япония": "Honda, Toyota, Nissan, Mazda, Mitsubishi, Subaru, Suzuki, Lexus, Infiniti, Acura, Isuzu, Daihatsu",
    "Германия": "BMW, Volkswagen, Audi, Mercedes, Mercedes-Benz, Opel, Porsche, Smart, MAN",
    "Франция": "Renault, Peugeot, Citroen, Citroën, DS",
    "Южная Корея": "Kia, Hyundai, Daewoo, SsangYong, Genesis",
    "США": "Ford, Chevrolet, Chrysler, Dodge, Jeep, Cadillac, Buick, GMC, Lincoln, Tesla, Hummer, Pontiac",
    "Чехия": "Skoda, Škoda, Tatra",
    "Швеция": "Volvo, Saab, Scania",
    "Италия": "Fiat, Alfa Romeo, Lancia, Iveco, Ferrari, Maserati",
    "Испания": "Seat",
    "Румыния": "Dacia",
    "Великобритания": "Land Rover, Rover, Jaguar, Mini, Bentley, Aston Martin",
    "Нидерланды": "DAF",
    "Китай": "Chery, Geely, Haval, Great Wall, Lifan, Changan, Exeed, FAW, BYD",
    "Россия": "ВАЗ, Lada, ГАЗ, УАЗ, КАМАЗ, Москвич, ИЖ",
    "Беларусь": "МАЗ",
    "Украина": "ЗАЗ",
}

_COUNTRIES = {name_key(mark): country for country, marks in _MARKS_BY_COUNTRY.items() for mark in marks.split(", ")}


def producer_country(mark: str) -> str:
    """Return the country of a mark; empty if the mark is unknown."""
    return _COUNTRIES.get(name_key(mark), "")
