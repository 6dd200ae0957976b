"""Finds the marks and models of vehicles in the cells and names of price lists."""

from partsearch.price_list.vehicles.directory import FoundName, VehicleDirectory
from partsearch.price_list.vehicles.scanning import Match

__all__ = ["FoundName", "Match", "VehicleDirectory"]
