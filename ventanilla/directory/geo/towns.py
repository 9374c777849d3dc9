"""The town a person means by what they typed: a gazetteer of about nine thousand towns, from GeoNames."""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import islice
from sys import intern

from ventanilla.directory.geo.countries import FOCUS, LOCAL_NAMES, SPOKEN_NAMES
from ventanilla.directory.geo.spelling import fold, slips

MOST_LETTERS = 120
MOST_WORDS = 8
MOST_PREFIX_MATCHES = 200
MOST_OTHER_WORDS = 2
# Words around a town's name that say nothing about which town it is (es, en, fr, ht).
FILLER_WORDS = """
    a al and at city ciudad de del departamento departement department depatman du e el en et frontera in la
    las los nan near of pre province provincia region the town vil ville y zona
"""
FILLER = frozenset(FILLER_WORDS.split())

# Costs say how far a town is from what was typed; the lowest wins. One slip of the finger costs one.
OTHER_SPELLING = 0.2
UNEXPLAINED_WORD = 0.3
UNFINISHED = 0.6
OUTSIDE_REGION = 0.3
OTHER_COUNTRY = 0.9
SIZE_BONUS = 0.1  # for each tenfold of people


@dataclass(frozen=True, slots=True)
class Town:
    """A town, village or border crossing; `country` is a lower-case ISO code, `population` 0 if unknown."""

    name: str
    country: str
    region: str
    lat: float
    lon: float
    population: int


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """Towns and the folded spellings that lead to them."""

    towns: tuple[Town, ...]
    numbers: dict[str, tuple[int, ...]]
    spellings: list[str]

    def named(self, spelling: str) -> Iterator[Town]:
        return (self.towns[number] for number in self.numbers.get(spelling, ()))

    def beginning(self, letters: str) -> Iterator[str]:
        """Spellings that go on after these letters, in alphabetical order."""
        for spelling in islice(self.spellings, bisect_left(self.spellings, letters), None):
            if not spelling.startswith(letters):
                return
            yield spelling


def find_towns(text: str, *, country: str | None = None, limit: int = 5) -> list[Town]:
    """Towns a person may mean, likeliest first: any accents or case, unfinished words, slips, "town, region".

    A town of `country` (ISO code) comes before one of the same name elsewhere. Text without a town gives [].
    """
    words = fold(text[:MOST_LETTERS]).split()[:MOST_WORDS]
    home = country.lower() if country else None
    costs: dict[Town, float] = {}
    for town, cost, rest in _candidates(words):
        total = cost + _context_cost(town, rest, home)
        costs[town] = min(total, costs.get(town, total))
    return sorted(costs, key=lambda town: costs[town])[: max(limit, 0)]


@cache
def gazetteer() -> Gazetteer:
    """The towns, read from the package once per process (about 0.1 s and 10 MB)."""
    towns: list[Town] = []
    numbers: dict[str, tuple[int, ...]] = {}
    text = files(__package__).joinpath("towns.txt").read_text("utf-8")
    for number, line in enumerate(text.splitlines()):
        name, country, region, lat, lon, population, spellings = line.split("\t")
        towns.append(Town(name, intern(country), intern(region), float(lat), float(lon), int(population)))
        for spelling in spellings.split("|"):
            numbers[spelling] = (*numbers.get(spelling, ()), number)
    return Gazetteer(tuple(towns), numbers, sorted(numbers))


def _candidates(words: list[str]) -> Iterator[tuple[Town, float, list[str]]]:
    """Towns with the cost of their spelling and the typed words that are left over."""
    exact = list(_exact(words))
    yield from exact
    yield from _unfinished(words)
    if not any(_is_explained(town, rest) for town, _, rest in exact):
        in_region = list(_in_region(words))
        yield from in_region or _mistyped(words)


def _exact(words: list[str]) -> Iterator[tuple[Town, float, list[str]]]:
    matched: list[str] = []
    for phrase, rest in _phrases(words):
        if any(f" {phrase} " in f" {longer} " for longer in matched):
            continue  # who writes Tecún Umán does not mean Umán
        for town in gazetteer().named(phrase):
            matched.append(phrase)
            yield town, _spelling_cost(town, phrase), rest


def _unfinished(words: list[str]) -> Iterator[tuple[Town, float, list[str]]]:
    letters = " ".join(words)
    if len(letters) >= 3:
        for spelling in islice(gazetteer().beginning(letters), MOST_PREFIX_MATCHES):
            for town in gazetteer().named(spelling):
                yield town, UNFINISHED + _spelling_cost(town, spelling), []


def _in_region(words: list[str]) -> Iterator[tuple[Town, float, list[str]]]:
    for phrase, rest in _phrases(words):
        for number in _towns_by_region().get(phrase, ()):
            yield gazetteer().towns[number], OUTSIDE_REGION, rest


def _mistyped(words: list[str]) -> Iterator[tuple[Town, float, list[str]]]:
    for phrase, rest in _phrases(words):
        if len(set(rest) - FILLER) > MOST_OTHER_WORDS:
            continue  # in a long sentence nearly every word is a slip away from some village
        for spelling, count in _near_spellings(phrase):
            for town in gazetteer().named(spelling):
                yield town, count + _spelling_cost(town, spelling), rest


def _phrases(words: list[str]) -> Iterator[tuple[str, list[str]]]:
    """Every run of words that could be a name, the longest first, with the words around it."""
    for size in range(len(words), 0, -1):
        for start in range(len(words) - size + 1):
            run = words[start : start + size]
            if len("".join(run)) >= 3 and not FILLER.issuperset(run):
                yield " ".join(run), words[:start] + words[start + size :]


def _spelling_cost(town: Town, spelling: str) -> float:
    return 0.0 if fold(town.name) == spelling else OTHER_SPELLING


def _context_cost(town: Town, rest: list[str], home: str | None) -> float:
    """What the words around the name, the person's country and the town's size say about a town."""
    unexplained = sum(not _explains(word, town) for word in rest)
    cost = min(unexplained, 3) * UNEXPLAINED_WORD - SIZE_BONUS * len(str(town.population))
    if not _place_words(town).isdisjoint(rest):
        return cost  # named with its region or country: where the person is does not matter
    if town.country not in FOCUS:
        cost += OUTSIDE_REGION
    return cost + OTHER_COUNTRY if home and town.country != home else cost


def _is_explained(town: Town, rest: list[str]) -> bool:
    return all(_explains(word, town) for word in rest)


def _explains(word: str, town: Town) -> bool:
    return word in FILLER or word in _place_words(town)


def _place_words(town: Town) -> frozenset[str]:
    return _country_words(town.country) | _region_words(town.region)


@cache
def _region_words(region: str) -> frozenset[str]:
    return frozenset(fold(region).split()) - FILLER


@cache
def _country_words(country: str) -> frozenset[str]:
    spoken = [name for name, code in SPOKEN_NAMES.items() if code == country]
    names = [country, fold(LOCAL_NAMES.get(country, "")), *spoken]
    return frozenset(word for name in names for word in name.split()) - FILLER


@cache
def _towns_by_region() -> dict[str, list[int]]:
    regions: dict[str, list[int]] = {}
    for number, town in enumerate(gazetteer().towns):
        regions.setdefault(fold(town.region), []).append(number)
    return regions


# Slips of the finger


def _near_spellings(phrase: str) -> Iterator[tuple[str, int]]:
    """Known spellings a few slips away, with the number of slips; longer names forgive more."""
    most = min(3, max(1, len(phrase) // 4)) if len(phrase) >= 4 else 0
    letters = _letters(phrase)
    for length in range(len(phrase) - most, len(phrase) + most + 1):
        for known, spelling in _by_length().get(length, ()):
            # One slip changes at most two letters of the set; this spares nearly all of the slow counting.
            if (known ^ letters).bit_count() <= 2 * most:
                count = slips(phrase, spelling, most=most)
                if count <= most:
                    yield spelling, count


def _letters(phrase: str) -> int:
    """The set of letters as bits; a cheap fingerprint that similar words nearly share."""
    bits = 0
    for letter in phrase:
        bits |= 1 << (ord(letter) & 31)
    return bits


@cache
def _by_length() -> dict[int, list[tuple[int, str]]]:
    lengths: dict[int, list[tuple[int, str]]] = {}
    for spelling in gazetteer().spellings:
        lengths.setdefault(len(spelling), []).append((_letters(spelling), spelling))
    return lengths
