"""Credits to print wherever the maps or the towns are shown; GeoNames' licence asks for its own."""

GEONAMES_CREDIT = "Towns: GeoNames (geonames.org), CC BY 4.0, shortened and added to."
NATURAL_EARTH_CREDIT = "Map outlines: Natural Earth (naturalearthdata.com), public domain, simplified."
