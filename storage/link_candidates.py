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
FORMS = frozenset(
    [
        "ab",
        "ag",
        "aps",
        "as",
        "asa",
        "bv",
        "co",
        "company",
        "corp",
        "corporation",
        "gmbh",
        "group",
        "inc",
        "kft",
        "kg",
        "limited",
        "llc",
        "llp",
        "ltd",
        "mbh",
        "nv",
        "oy",
        "oyj",
        "plc",
        "pte",
        "pty",
        "sa",
        "sarl",
        "sas",
        "sasu",
        "se",
        "sl",
        "spa",
        "sp",
        "srl",
        "zoo",
    ]
)


@dataclass(frozen=True)
class Candidate:
    """A pair that may be one company: how alike the names are (0 to 100), and what else agrees."""

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
            (fuzz.token_sort_ratio(account.plain, party.plain), party)
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
    found = fuzz.token_sort_ratio(account.plain, party.plain) if score is None else score
    return Candidate(
        account.key, party.key, account.name, party.name, found, tuple(_agree(account, party))
    )


def _agree(one: _Row, other: _Row) -> list[str]:
    """What is the same in both."""
    return [f"same {name}" for name, value in one.marks.items() if other.marks.get(name) == value]


def _index(parties: Iterable[_Row]) -> dict[str, list[_Row]]:
    """Parties by each word of their name and by its beginning, so that few are compared."""
    found: dict[str, list[_Row]] = defaultdict(list)
    for party in parties:
        for word in _words(party.plain):
            found[word].append(party)
    return found


def _near(account: _Row, index: Mapping[str, list[_Row]]) -> list[_Row]:
    """Parties that share a rare word with an account; of common words the rarest alone."""
    lists = sorted((index[word] for word in _words(account.plain) if word in index), key=len)
    rare = [some for some in lists if len(some) <= COMMON] or lists[:1]
    return list({party.key: party for some in rare for party in some}.values())


def _words(name: str) -> set[str]:
    words = {word for word in name.split() if len(word) > 2}
    return words | {f"{name[:4]}…"}


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
            _Row((row["source"], row["source_id"]), row["name"], plain(row["name"]), marks)
        )
    return found


_PARTIES = """
SELECT source, source_id, name, vat, domain, country, number FROM party
 WHERE deleted_at IS NULL AND parent_ref IS NULL AND kind IN ('customer', 'both')
 ORDER BY source, source_id"""

_ACCOUNTS = """
SELECT source, source_id, name, vat, domain, country, number FROM account
 WHERE deleted_at IS NULL AND merged_into IS NULL
 ORDER BY source, source_id"""
