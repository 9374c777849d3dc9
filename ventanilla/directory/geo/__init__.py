"""Towns, distances and maps from data in the package: nothing is asked of a third party at run time."""

from ventanilla.directory.geo.credits import GEONAMES_CREDIT, NATURAL_EARTH_CREDIT
from ventanilla.directory.geo.distance import distance_km, nearest
from ventanilla.directory.geo.maps import Point, country_map, region_map, rounded_area
from ventanilla.directory.geo.towns import Town, find_towns

__all__ = [
    "GEONAMES_CREDIT",
    "NATURAL_EARTH_CREDIT",
    "Point",
    "Town",
    "country_map",
    "distance_km",
    "find_towns",
    "nearest",
    "region_map",
    "rounded_area",
]
