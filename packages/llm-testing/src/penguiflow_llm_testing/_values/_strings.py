"""Strings for a field: by format, by the words of its name, from the prompt, else from small tables."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Final
from unicodedata import normalize
from uuid import UUID

from ._facts import Facts, Kind

_FIRST: Final = (
    "Ada",
    "Bruno",
    "Chiara",
    "Dmitri",
    "Elena",
    "Femi",
    "Grace",
    "Hiro",
    "Ines",
    "Jonas",
    "Kavya",
    "Lucía",
)
_LAST: Final = (
    "Almeida",
    "Bianchi",
    "Costa",
    "Dvořák",
    "Eriksen",
    "Fischer",
    "Gupta",
    "Haddad",
    "Ito",
    "Jansen",
    "Kowalski",
)
_CITIES: Final = ("Lisbon", "Turin", "Utrecht", "Ghent", "Aarhus", "Kraków", "Porto", "Lyon", "Graz", "Cork", "Bergen")
_COUNTRIES: Final = ("Portugal", "Italy", "Netherlands", "Belgium", "Denmark", "Poland", "France", "Austria", "Ireland")
_COMPANIES: Final = (
    "Northwind Traders",
    "Blue Heron GmbH",
    "Lindqvist AB",
    "Harbour & Sons",
    "Meridian Labs",
    "Oakfield Ltd",
)
_STREETS: Final = ("Harbour Street", "Mill Lane", "Via Garibaldi", "Kerkstraat", "Rua do Sol", "Station Road")
_JSON_TEXT: Final = re.compile(r"\bJSON (object|array|value)\b[^.]{0,40}\bJSON text\b")
_CURRENCIES: Final = ("EUR", "USD", "GBP", "CHF", "SEK")
_ADJECTIVES: Final = (
    "clear",
    "steady",
    "careful",
    "brief",
    "quiet",
    "modern",
    "northern",
    "complete",
    "early",
    "shared",
)
_NOUNS: Final = ("review", "delivery", "plan", "summary", "harbour", "notebook", "order", "signal", "garden", "report")
_EPOCH: Final = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


def words_of(name: str) -> tuple[str, ...]:
    """The words of a property name, in lower case: `invoiceNumber` and `invoice_number` are both (invoice, number)."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name)
    return tuple(word.lower() for word in re.split(r"[^A-Za-z0-9]+", spaced) if word)


def _moment(rng: Random) -> datetime:
    return _EPOCH + timedelta(minutes=rng.randrange(0, 300 * 24 * 60, 5))


def _email(rng: Random) -> str:
    name = f"{rng.choice(_FIRST)}.{rng.choice(_LAST)}".lower()
    return f"{normalize('NFKD', name).encode('ascii', 'ignore').decode()}@example.com"


def _hostname(rng: Random) -> str:
    return f"{rng.choice(_NOUNS)}-{rng.randrange(10, 99)}.example.com"


def _duration(rng: Random) -> str:
    return rng.choice((f"P{rng.randrange(1, 30)}D", f"PT{rng.randrange(1, 24)}H{rng.randrange(1, 60)}M"))


_FORMATS: Final[Mapping[str, Callable[[Random], str]]] = {
    "date": lambda rng: _moment(rng).date().isoformat(),
    "date-time": lambda rng: _moment(rng).strftime("%Y-%m-%dT%H:%M:%SZ"),
    "time": lambda rng: _moment(rng).strftime("%H:%M:%SZ"),
    "duration": _duration,
    "email": _email,
    "idn-email": _email,
    "hostname": _hostname,
    "idn-hostname": _hostname,
    "ipv4": lambda rng: f"192.0.2.{rng.randrange(1, 255)}",
    "ipv6": lambda rng: f"2001:db8::{rng.randrange(1, 65535):x}",
    "uri": lambda rng: f"https://example.com/{rng.choice(_NOUNS)}/{rng.randrange(100, 999)}",
    "iri": lambda rng: f"https://example.com/{rng.choice(_NOUNS)}/{rng.randrange(100, 999)}",
    "uri-reference": lambda rng: f"/{rng.choice(_NOUNS)}/{rng.randrange(100, 999)}",
    "iri-reference": lambda rng: f"/{rng.choice(_NOUNS)}/{rng.randrange(100, 999)}",
    "uri-template": lambda rng: f"/{rng.choice(_NOUNS)}/{{id}}",
    "uuid": lambda rng: str(UUID(int=rng.getrandbits(128), version=4)),
    "json-pointer": lambda rng: f"/{rng.choice(_NOUNS)}/{rng.randrange(0, 9)}",
    "relative-json-pointer": lambda rng: f"{rng.randrange(0, 3)}/{rng.choice(_NOUNS)}",
    "regex": lambda rng: f"^{rng.choice(_NOUNS)}$",
    "byte": lambda rng: rng.choice(("c2FtcGxl", "cmVwb3J0", "b3JkZXI=")),
    "decimal": lambda rng: f"{rng.randrange(100, 99_999) / 100:.2f}",
}
_FORMAT_FACTS: Final[Mapping[str, Kind]] = {"email": "email", "idn-email": "email", "uri": "uri", "date": "date"}

# The last word of a property name that is listed decides, so that `customer_email` is an e-mail address.
_WORDS: Final[Mapping[str, tuple[Kind | None, Callable[[Random], str]]]] = {
    "email": ("email", _email),
    "mail": ("email", _email),
    "date": ("date", _FORMATS["date"]),
    "day": ("date", _FORMATS["date"]),
    "birthday": ("date", _FORMATS["date"]),
    "deadline": ("date", _FORMATS["date"]),
    "time": ("time", lambda rng: _moment(rng).strftime("%H:%M")),
    "url": ("uri", _FORMATS["uri"]),
    "uri": ("uri", _FORMATS["uri"]),
    "link": ("uri", _FORMATS["uri"]),
    "website": ("uri", _FORMATS["uri"]),
    "currency": ("currency", lambda rng: rng.choice(_CURRENCIES)),
    "id": ("identifier", lambda rng: f"{rng.choice('ABCDEFGH')}-{rng.randrange(1000, 9999)}"),
    "identifier": ("identifier", lambda rng: f"{rng.choice('ABCDEFGH')}-{rng.randrange(1000, 9999)}"),
    "number": ("identifier", lambda rng: f"{rng.choice('ABCDEFGH')}-{rng.randrange(1000, 9999)}"),
    "sku": ("identifier", lambda rng: f"SKU-{rng.randrange(1000, 9999)}"),
    "reference": ("identifier", lambda rng: f"REF-{rng.randrange(1000, 9999)}"),
    "code": ("identifier", lambda rng: f"{rng.choice('ABCDEFGH')}{rng.randrange(100, 999)}"),
    "name": ("name", lambda rng: f"{rng.choice(_FIRST)} {rng.choice(_LAST)}"),
    "author": ("name", lambda rng: f"{rng.choice(_FIRST)} {rng.choice(_LAST)}"),
    "person": ("name", lambda rng: f"{rng.choice(_FIRST)} {rng.choice(_LAST)}"),
    "customer": ("name", lambda rng: rng.choice(_COMPANIES)),
    "vendor": ("name", lambda rng: rng.choice(_COMPANIES)),
    "supplier": ("name", lambda rng: rng.choice(_COMPANIES)),
    "company": ("name", lambda rng: rng.choice(_COMPANIES)),
    "organization": ("name", lambda rng: rng.choice(_COMPANIES)),
    "amount": ("amount", lambda rng: f"{rng.randrange(100, 99_999) / 100:.2f}"),
    "total": ("amount", lambda rng: f"{rng.randrange(100, 99_999) / 100:.2f}"),
    "price": ("amount", lambda rng: f"{rng.randrange(100, 99_999) / 100:.2f}"),
    "first": (None, lambda rng: rng.choice(_FIRST)),
    "last": (None, lambda rng: rng.choice(_LAST)),
    "city": (None, lambda rng: rng.choice(_CITIES)),
    "location": (None, lambda rng: rng.choice(_CITIES)),
    "country": (None, lambda rng: rng.choice(_COUNTRIES)),
    "street": (None, lambda rng: f"{rng.randrange(1, 120)} {rng.choice(_STREETS)}"),
    "address": (None, lambda rng: f"{rng.randrange(1, 120)} {rng.choice(_STREETS)}, {rng.choice(_CITIES)}"),
    "phone": (None, lambda rng: f"+44 20 7946 {rng.randrange(0, 999):04d}"),
    "language": (None, lambda rng: rng.choice(("en", "pt", "it", "nl", "de", "fr"))),
}


def candidates(
    format_name: str | None, words: Sequence[str], facts: Facts, rng: Random, *, index: int = 0
) -> list[str]:
    """Strings to try for a field, best first: what the format demands, then the name, then a phrase of the prompt."""
    if format_name is not None and format_name in _FORMATS:
        fact = _fact(_FORMAT_FACTS.get(format_name), words, facts, rng, index)
        return [*fact, _FORMATS[format_name](rng)]
    found: list[str] = []
    for word in (word for word in reversed(words) if word in _WORDS):
        kind, invent = _WORDS[word]
        found += [*_fact(kind, words, facts, rng, index), invent(rng)]
    return [*found, *_fact("phrase", words, facts, rng, index), made_up(rng)]


def _fact(kind: Kind | None, words: Sequence[str], facts: Facts, rng: Random, index: int) -> list[str]:
    fact = facts.pick(kind, words, rng, index=index) if kind else None
    return [] if fact is None else [fact]


def made_up(rng: Random) -> str:
    """A short phrase about nothing in particular."""
    return f"{rng.choice(_ADJECTIVES)} {rng.choice(_NOUNS)}"


def json_text(description: object, rng: Random) -> list[str]:
    """A JSON value as text for a field whose description asks for that, as a model does that reads it."""
    wanted = _JSON_TEXT.search(description) if isinstance(description, str) else None
    if wanted is None:
        return []
    value = {"object": {key(rng): made_up(rng)}, "array": [made_up(rng)], "value": made_up(rng)}[wanted[1]]
    return [json.dumps(value)]


def key(rng: Random) -> str:
    """A property name for an open map."""
    return f"{rng.choice(_NOUNS)}_{rng.randrange(1, 99)}"
