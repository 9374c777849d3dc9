"""The countries the maps and the gazetteer know, and the words people use for them."""

FOCUS = ("bz", "cr", "do", "gt", "hn", "ht", "jm", "mx", "ni", "pa", "sv")

# As their own people write them; shown on maps, where every language of the site can read them.
LOCAL_NAMES = {
    "aw": "Aruba", "bb": "Barbados", "br": "Brasil", "bs": "The Bahamas", "bz": "Belize", "cl": "Chile",
    "co": "Colombia", "cr": "Costa Rica", "cu": "Cuba", "cw": "Curaçao", "do": "República Dominicana",
    "ec": "Ecuador", "gt": "Guatemala", "gy": "Guyana", "hn": "Honduras", "ht": "Haïti", "jm": "Jamaica",
    "ky": "Cayman Islands", "mx": "México", "ni": "Nicaragua", "pa": "Panamá", "pe": "Perú",
    "pr": "Puerto Rico", "sr": "Suriname", "sv": "El Salvador", "tc": "Turks and Caicos Islands",
    "tt": "Trinidad and Tobago", "us": "United States", "ve": "Venezuela",
}  # fmt: skip

# Folded words (see spelling.fold) that name a country, besides its local name.
SPOKEN_NAMES = {
    "ayiti": "ht", "haiti": "ht", "belice": "bz", "mexique": "mx", "meksik": "mx", "panama": "pa",
    "dominican republic": "do", "republique dominicaine": "do", "repiblik dominiken": "do", "rd": "do",
    "dominicana": "do", "dominiken": "do", "salvador": "sv", "jamaique": "jm", "jamayik": "jm",
    "estados unidos": "us", "etats unis": "us", "etazini": "us", "usa": "us", "eeuu": "us",
    "ee uu": "us", "bahamas": "bs", "colombie": "co", "kolonbi": "co", "brazil": "br", "bresil": "br",
    "brezil": "br", "chili": "cl", "peru": "pe", "venezuela": "ve", "perou": "pe", "equateur": "ec",
}  # fmt: skip
