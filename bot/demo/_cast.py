"""Who appears in the sample company, and what they have agreed. All of it is invented."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True)
class Person:
    """Someone of the company; `login` is their name in the ERP, with a domain their address."""

    login: str
    name: str

    @property
    def email(self) -> str:
        return f"{self.login}@works.example"


SELLERS = (
    Person("noor.haddad", "Noor Haddad"),
    Person("tom.okafor", "Tom Okafor"),
    Person("ivy.castell", "Ivy Castell"),
)
BUYERS = (Person("ada.lund", "Ada Lund"), Person("marek.novak", "Marek Novak"))


@dataclass(frozen=True)
class Supplier:
    """`days`: the median from order to receipt; `every`: days between two orders.

    `safety`: for how many days more than usual its goods should last.
    """

    name: str
    country: str
    days: float
    every: float
    spread: float
    items: tuple[str, ...]
    safety: float = 18.0


@dataclass(frozen=True)
class Customer:
    """A customer as the ERP and as the CRM call it. `every`: days between two orders.

    `quiet_for`: days without an order at the start of the demo; null where they go on. `seller`
    looks after them.
    """

    name: str
    crm_name: str
    domain: str
    country: str
    segment: str
    every: float
    basket: float
    quiet_for: float | None = None
    seller: Person = SELLERS[0]

    def has_left(self, at: datetime, opened_at: datetime) -> bool:
        """Whether they don't order any more; `opened_at` is when the demo started."""
        return self.quiet_for is not None and at > opened_at - timedelta(days=self.quiet_for)


@dataclass(frozen=True)
class Contract:
    """A frame contract: days from the start of the demo to its renewal, and of notice before."""

    renews_in: int
    notice: int
    is_automatic: bool = True


SLOWING, SLOW_DAYS, SLOW_SINCE = "Borealis Steel", 47.0, 70
QUIET = "Nordwind Retail"

SUPPLIERS = (
    Supplier("Borealis Steel", "SE", 31, 1.6, 0.11,
             ("Cold-rolled coil 2 mm", "Hot-rolled plate 8 mm", "Galvanised strip"), safety=3),
    Supplier("Alpenglas", "AT", 18, 4.0, 0.20, ("Float glass 6 mm", "Safety glass 8 mm")),
    Supplier("Castilla Textil", "ES", 24, 4.5, 0.25, ("Upholstery fabric grey", "Felt 5 mm")),
    Supplier("Danube Fasteners", "HU", 9, 2.5, 0.22,
             ("Hex bolt M8", "Hex bolt M10", "Lock nut M8", "Washer 8 mm"), safety=30),
    Supplier("Elbe Coatings", "DE", 7, 3.5, 0.20, ("Powder coat RAL 7016", "Primer grey")),
    Supplier("Fjord Timber", "NO", 21, 4.0, 0.20, ("Oak board 40 mm", "Pine board 28 mm")),
    Supplier("Gdansk Castings", "PL", 28, 5.0, 0.24, ("Cast bracket", "Cast base plate"),
             safety=110),
    Supplier("Hokkaido Motion", "JP", 52, 7.0, 0.18, ("Linear guide 600", "Stepper motor 23")),
    Supplier("Iberia Plastics", "PT", 16, 3.0, 0.22, ("End cap black", "Cable duct 40", "Foot")),
    Supplier("Jade Electronics", "TW", 38, 6.0, 0.22, ("Control board C4", "Display 7 inch")),
    Supplier("Kestrel Packaging", "NL", 6, 2.5, 0.25, ("Carton 600", "Carton 800", "Edge guard")),
    Supplier("Lombardy Hinges", "IT", 14, 4.0, 0.20, ("Soft-close hinge", "Drawer runner 500")),
)  # fmt: skip

_FIRST = (
    ("Nordwind Retail", "Nordwind Retail GmbH", "DE", "Retail", 13, 9_400, 66.0),
    ("Harbour & Sons", "Harbour and Sons Ltd", "GB", "Wholesale", 17, 6_200, None),
    ("Kestrel Foods", "Kestrel Foods", "IE", "Food", 15, 5_100, None),
    ("Atlas Office", "Atlas Office SAS", "FR", "Office", 10, 4_300, None),
    ("Bergen Interiors", "Bergen Interiors AS", "NO", "Interiors", 21, 7_700, None),
    ("Copper & Oak", "Copper & Oak Ltd.", "GB", "Interiors", 19, 3_900, None),
    ("Dorn Labor", "Dorn Laboreinrichtung", "DE", "Laboratory", 24, 11_500, None),
    ("Elster Hotels", "Elster Hotel Group", "AT", "Hospitality", 28, 14_200, None),
    ("Fennel Kitchens", "Fennel Kitchens BV", "NL", "Kitchens", 12, 4_800, None),
    ("Granit Schulbau", "Granit Schulbau", "DE", "Public", 31, 16_000, None),
)
_PLACES = (
    "Aarhus", "Basel", "Cadiz", "Delft", "Esbjerg", "Faro", "Ghent", "Halle", "Innsbruck", "Jena",
    "Krakow", "Lille", "Malmo", "Nantes", "Oulu", "Porto", "Quimper", "Riga", "Split", "Turku",
    "Utrecht", "Vilnius", "Worms", "Xanten", "Ystad", "Zwolle", "Antwerp", "Brno", "Cork", "Dover",
)  # fmt: skip
_TRADES = ("Fittings", "Workspaces", "Trading")
_SEGMENTS = ("Wholesale", "Interiors", "Retail", "Office", "Public")
# Who has a frame contract that ends soon; about half of the others have one too.
CONTRACTS = {
    "Nordwind Retail": Contract(112, 90),
    "Harbour & Sons": Contract(54, 30),
    "Dorn Labor": Contract(58, 45),
    "Kestrel Foods": Contract(36, 30),
    "Granit Schulbau": Contract(88, 60, is_automatic=False),
    "Elster Hotels": Contract(47, 30),
    "Atlas Office": Contract(171, 60),
    "Bergen Interiors": Contract(203, 30),
}
# Orders that stand in the story of the late steel: days before the start of the demo.
AWAITED = {
    "Harbour & Sons": (25.0, 17.0, 10.0),
    "Dorn Labor": (24.0, 15.0, 8.0),
    "Kestrel Foods": (18.0, 7.0),
    "Granit Schulbau": (20.0, 8.0),
}
DETRACTOR = "Dorn Labor"

# Customers who left in the course of the two years, by place in the list, with days since.
_LEFT = {3: 610.0, 8: 480.0, 12: 405.0, 17: 330.0, 22: 250.0, 26: 190.0}


def customers() -> tuple[Customer, ...]:
    """Ten with a story and thirty without, six of whom left."""
    named = [
        Customer(name, crm, _domain(name), country, segment, every, basket, quiet, SELLERS[at % 3])
        for at, (name, crm, country, segment, every, basket, quiet) in enumerate(_FIRST)
    ]
    for at, place in enumerate(_PLACES):
        name = f"{place} {_TRADES[at % 3]}"
        named.append(
            Customer(
                name, f"{name} {('Ltd', 'GmbH', 'BV')[at % 3]}", _domain(name), "DE",
                _SEGMENTS[at % 5], 11.0 + (at * 7) % 23, 2_000.0 + (at * 977) % 6_500,
                _LEFT.get(at), SELLERS[at % 3],
            )
        )  # fmt: skip
    return tuple(named)


def _domain(name: str) -> str:
    return "".join(char for char in name.lower() if char.isalnum()) + ".example"
