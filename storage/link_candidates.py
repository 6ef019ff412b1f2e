"""Which customer and which account may be one company, where no mark settles it: with the why."""

import hashlib
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rapidfuzz import fuzz
from sqlalchemy import text
from sqlmodel import Session, select

from storage.links import Key, pairs
from storage.models import PartyLink

LEAST = 80.0
COMMON = 50
# what names of companies end in, in the countries at hand
FORMS = frozenset({
    "ab", "ag", "aps", "as", "asa", "bv", "co", "company", "corp", "corporation", "gmbh", "group",
    "inc", "kft", "kg", "limited", "llc", "llp", "ltd", "mbh", "nv", "oy", "oyj", "plc", "pte",
    "pty", "sa", "sarl", "sas", "sasu", "se", "sl", "spa", "sp", "srl", "zoo",
})  # fmt: skip
# how streets are shortened
STREETS = ((r"str\b", "strasse"), (r"\bstreet\b", "st"), (r"\broad\b", "rd"),
           (r"\bavenue\b", "ave"), (r"\bboulevard\b", "blvd"))  # fmt: skip
ADDRESS_SAME, ADDRESS_LIKE = 97.0, 85.0
# of the score of a pair whose addresses are alike
NAME_SHARE = 0.6


@dataclass(frozen=True)
class Candidate:
    """A pair that may be one company: how alike they are (0 to 100), and what else agrees.

    That is how alike the names are; where the addresses are so too, both count, if that is more.
    """

    account: Key
    party: Key
    account_name: str
    party_name: str
    score: float
    evidence: tuple[str, ...]

    @property
    def code(self) -> str:
        """A short name of the pair that never changes, to say which one is meant."""
        whole = "\0".join((*self.account, *self.party))
        return hashlib.blake2b(whole.encode(), digest_size=3).hexdigest()


@dataclass(frozen=True)
class _Row:
    key: Key
    name: str
    plain: str
    address: str
    marks: Mapping[str, str]


def candidates(session: Session) -> list[Candidate]:
    """The best party of each account that has none, the likeliest first; rejected pairs never."""
    linked = pairs(session)
    taken, refused = set(linked.values()), _rejected(session)
    parties = [row for row in _rows(session, _PARTIES) if row.key not in taken]
    accounts = [row for row in _rows(session, _ACCOUNTS) if row.key not in linked]
    near = _index(parties)
    found = []
    for account in accounts:
        scored = [
            (_score(account, party), party)
            for party in _near(account, near)
            if (account.key, party.key) not in refused
        ]
        if scored:
            score, party = max(
                scored, key=lambda one: (one[0], _agree(account, one[1]), one[1].key)
            )
            if score >= LEAST:
                found.append(_candidate(account, party, score))
    return sorted(found, key=lambda one: (-one.score, -len(one.evidence), one.account_name))


def linked(session: Session) -> list[Candidate]:
    """The pairs that count as one now, by name."""
    return _named(session, pairs(session).items())


def rejected(session: Session) -> list[Candidate]:
    """The pairs of which someone said that they are not one, by name."""
    return _named(session, _rejected(session))


def _named(session: Session, every: Iterable[tuple[Key, Key]]) -> list[Candidate]:
    parties = {row.key: row for row in _rows(session, _PARTIES)}
    accounts = {row.key: row for row in _rows(session, _ACCOUNTS)}
    found = [
        _candidate(accounts[account], parties[party], None)
        for account, party in every
        if account in accounts and party in parties
    ]
    return sorted(found, key=lambda one: (one.party_name.casefold(), one.code))


def plain(name: str) -> str:
    """A name without accents, marks and legal form: "Müller & Söhne GmbH" is "muller and sohne"."""
    bare = unicodedata.normalize("NFKD", name.casefold().replace("&", " and "))
    kept = "".join(char for char in bare if not unicodedata.combining(char))
    words = re.sub(r"[.'’]", "", kept)
    words = re.sub(r"[^\w]+", " ", words)
    told = words.split()
    while len(told) > 1 and told[-1] in FORMS:
        told.pop()
    return " ".join(told)


def _candidate(account: _Row, party: _Row, score: float | None) -> Candidate:
    found = _score(account, party) if score is None else score
    return Candidate(
        account.key, party.key, account.name, party.name, found, tuple(_agree(account, party))
    )


def _score(one: _Row, other: _Row) -> float:
    """How alike two are: a like address helps, and another is no reproach, as companies move."""
    names: float = fuzz.token_sort_ratio(one.plain, other.plain)
    address = _addresses(one, other)
    if address < ADDRESS_LIKE:
        return names
    return max(names, NAME_SHARE * names + (1 - NAME_SHARE) * address)


def _addresses(one: _Row, other: _Row) -> float:
    """How alike the addresses are; 0 where one is not known."""
    if not (one.address and other.address):
        return 0.0
    return float(fuzz.token_sort_ratio(one.address, other.address))


def _agree(one: _Row, other: _Row) -> list[str]:
    """What is the same in both, or nearly."""
    found = [f"same {name}" for name, value in one.marks.items() if other.marks.get(name) == value]
    address = _addresses(one, other)
    if address >= ADDRESS_SAME:
        return [*found, "same address"]
    return [*found, f"addresses {address:.0f} of 100 alike"] if address >= ADDRESS_LIKE else found


def _index(parties: Iterable[_Row]) -> dict[str, list[_Row]]:
    """Parties by what they are found by, so that few are compared."""
    found: dict[str, list[_Row]] = defaultdict(list)
    for party in parties:
        for word in _words(party):
            found[word].append(party)
    return found


def _near(account: _Row, index: Mapping[str, list[_Row]]) -> list[_Row]:
    """Parties that share a rare word with an account; of common words the rarest alone."""
    lists = sorted((index[word] for word in _words(account) if word in index), key=len)
    rare = [some for some in lists if len(some) <= COMMON] or lists[:1]
    return list({party.key: party for some in rare for party in some}.values())


def _words(row: _Row) -> set[str]:
    """The words of a name and its beginning, and the address without its commonest words."""
    words = {word for word in row.plain.split() if len(word) > 2}
    numbers = [word for word in row.address.split() if any(char.isdigit() for char in word)]
    return (
        words | {f"{row.plain[:4]}…"} | ({f"at {' '.join(sorted(numbers))}"} if numbers else set())
    )


def plain_address(address: str) -> str:
    """An address without accents, signs and case, its streets shortened one way."""
    bare = unicodedata.normalize("NFKD", address.casefold())
    found = "".join(char for char in bare if not unicodedata.combining(char))
    found = re.sub(r"[^\w]+", " ", found).strip()
    for pattern, word in STREETS:
        found = re.sub(pattern, word, found)
    return found


def _rejected(session: Session) -> set[tuple[Key, Key]]:
    rows = session.exec(select(PartyLink).where(PartyLink.is_rejected))
    return {
        ((one.account_source, one.account_ref), (one.party_source, one.party_ref)) for one in rows
    }


def _rows(session: Session, statement: str) -> list[_Row]:
    found = []
    for row in session.execute(text(statement)).mappings():
        marks = {
            name: str(row[name]).casefold()
            for name in ("vat", "domain", "country", "number") if row[name]
        }  # fmt: skip
        found.append(
            _Row(
                (row["source"], row["source_id"]),
                row["name"],
                plain(row["name"]),
                plain_address(row["address"] or ""),
                marks,
            )
        )
    return found


_PARTIES = """
SELECT source, source_id, name, vat, domain, country, number, address FROM party
 WHERE deleted_at IS NULL AND parent_ref IS NULL AND kind IN ('customer', 'both')
 ORDER BY source, source_id"""

_ACCOUNTS = """
SELECT source, source_id, name, vat, domain, country, number, address FROM account
 WHERE deleted_at IS NULL AND merged_into IS NULL
 ORDER BY source, source_id"""
