"""The cars of the demo catalog: marks, the most common first, and models with their years."""

from partsearch.catalog.generation.shapes.part import GeneratedMark, GeneratedModel
from partsearch.catalog.vehicle_names import shipped_country

_HIDDEN = {"Daewoo", "Carisma", "Scorpio"}
"""Marks and models that are hidden, to demonstrate that this hides their parts."""

_CARS = """
Toyota 1.2: Camry 1991-2024, Corolla 1987-2023, RAV4 1994-2024, Land Cruiser 1990-2024, Avensis 1997-2018, Prius
  1997-2022, Mark II 1988-2004, Yaris 1999-2020
Honda 1.1: Accord 1985-2022, Civic 1987-2021, CR-V 1995-2023, Fit 2001-2020, HR-V 1998-2022, Odyssey 1994-2021,
  Stepwgn 1996-2022
Volkswagen 1.0: Golf 1983-2020, Passat 1988-2021, Polo 1994-2022, Tiguan 2007-2023, Touareg 2002-2023, Transporter
  1990-2022, Jetta 2005-2019
ВАЗ 0.4: 2101 1970-1988, 2107 1982-2012, 2109 1987-2006, 2110 1995-2007, 2114 2001-2013, 2121 Нива 1977-2021, 2170
  Приора 2007-2018, 1118 Калина 2004-2013
Nissan 1.0: Almera 1995-2018, Primera 1990-2007, Qashqai 2006-2022, X-Trail 2000-2022, Teana 2003-2020, Note
  2005-2020, Patrol 1987-2022
BMW 1.9: 3 E36 1990-2000, 3 E46 1998-2006, 5 E34 1988-1996, 5 E39 1995-2004, 5 E60 2003-2010, 7 E38 1994-2001, X5 E53
  1999-2006, X3 F25 2010-2017
Ford 0.9: Focus 1998-2019, Mondeo 1993-2019, Fiesta 1995-2019, Transit 1994-2022, Kuga 2008-2022, Scorpio 1985-1998,
  Escort 1990-2000
Hyundai 0.8: Solaris 2010-2022, Accent 1999-2012, Elantra 1995-2021, Santa Fe 2000-2022, Tucson 2004-2022, Getz
  2002-2011, Creta 2016-2022
Kia 0.8: Rio 2000-2022, Ceed 2006-2022, Sportage 1993-2022, Sorento 2002-2022, Spectra 2000-2011, Cerato 2004-2021,
  Optima 2010-2020
Mercedes-Benz 2.1: C-Class W203 2000-2007, E-Class W124 1984-1997, E-Class W210 1995-2003, S-Class W220 1998-2005,
  Sprinter 1995-2022, Vito 1996-2022, ML W163 1997-2005
Audi 1.7: 80 1986-1996, 100 1982-1994, A3 1996-2020, A4 1994-2022, A6 1994-2022, Q5 2008-2022, Q7 2005-2022
Renault 0.7: Logan 2004-2022, Megane 1995-2016, Scenic 1996-2016, Laguna 1993-2015, Duster 2010-2022, Sandero
  2009-2022, Kangoo 1997-2020
Opel 0.8: Astra 1991-2021, Vectra 1988-2008, Omega 1986-2003, Corsa 1993-2019, Zafira 1999-2019, Insignia 2008-2017
Mazda 1.0: 3 2003-2019, 6 2002-2021, 323 1985-2003, 626 1987-2002, CX-5 2011-2022, CX-7 2006-2012
Mitsubishi 1.0: Lancer 1988-2017, Galant 1987-2012, Outlander 2001-2022, Pajero 1982-2021, ASX 2010-2020, L200
  1996-2022, Carisma 1995-2004
Skoda 0.8: Octavia 1996-2022, Fabia 1999-2021, Superb 2001-2022, Rapid 2012-2022, Yeti 2009-2018
Chevrolet 0.7: Lacetti 2004-2013, Cruze 2008-2015, Aveo 2003-2015, Niva 2002-2020, Captiva 2006-2018
ГАЗ 0.5: 3110 Волга 1997-2005, 31105 Волга 2004-2010, 3302 Газель 1994-2022, 2217 Соболь 1998-2022
Peugeot 0.8: 206 1998-2012, 307 2001-2008, 308 2007-2021, 406 1995-2005, 407 2004-2011, Boxer 1994-2022
Subaru 1.2: Forester 1997-2022, Impreza 1992-2021, Legacy 1989-2020, Outback 1996-2022
Suzuki 0.9: Grand Vitara 1998-2016, SX4 2006-2020, Swift 1989-2020, Jimny 1998-2022
Volvo 1.4: 850 1991-1997, S40 1995-2012, S60 2000-2018, S80 1998-2016, XC60 2008-2021, XC90 2002-2022
УАЗ 0.5: 469 1972-2003, 3151 1985-2003, 3163 Патриот 2005-2022, 3909 Буханка 1985-2022
Citroen 0.8: C3 2002-2016, C4 2004-2021, C5 2001-2017, Berlingo 1996-2019, Xsara 1997-2006
Fiat 0.7: Punto 1993-2012, Bravo 1995-2014, Doblo 2000-2021, Ducato 1994-2021, Albea 2002-2012
Lexus 2.0: RX 1998-2022, GX 2002-2022, IS 1999-2021, ES 1991-2022, LX 1995-2021
Land Rover 1.9: Discovery 1989-2022, Freelander 1997-2014, Range Rover 1988-2022, Defender 1990-2022
Daewoo 0.5: Nexia 1994-2016, Matiz 1998-2015, Lanos 1997-2009, Espero 1990-1999
Chery 0.6: Tiggo 2005-2022, Amulet 2003-2012, Fora 2006-2013
Geely 0.7: Emgrand 2009-2022, MK 2006-2015, Atlas 2016-2022
Infiniti 1.8: FX35 2003-2012, QX56 2004-2013, G35 2002-2008
Porsche 2.8: Cayenne 2002-2022, Macan 2013-2022, 911 1989-2022
"""


def _read_model(text: str) -> GeneratedModel:
    name, _, years = text.strip().rpartition(" ")
    first, _, last = years.partition("-")
    return GeneratedModel(name, int(first), int(last), is_visible=name not in _HIDDEN)


def _read_mark(line: str) -> GeneratedMark:
    head, _, models = line.partition(": ")
    name, _, factor = head.rpartition(" ")
    return GeneratedMark(
        name,
        shipped_country(name),
        float(factor),
        tuple(map(_read_model, models.split(","))),
        is_visible=name not in _HIDDEN,
    )


DEMO_MARKS = tuple(map(_read_mark, _CARS.strip().replace("\n ", "").splitlines()))
"""The marks, the most common first."""
