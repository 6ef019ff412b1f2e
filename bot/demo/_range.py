"""What the sample company buys, makes and sells. All of it is invented."""

from dataclasses import dataclass

WORK = 1.25  # what making it adds to the cost of the material
MARGIN = 1.6

COSTS = {
    "Cold-rolled coil 2 mm": 9.4, "Hot-rolled plate 8 mm": 17.5, "Galvanised strip": 6.8,
    "Float glass 6 mm": 21.0, "Safety glass 8 mm": 46.0,
    "Upholstery fabric grey": 14.2, "Felt 5 mm": 5.1,
    "Hex bolt M8": 0.34, "Hex bolt M10": 0.52, "Lock nut M8": 0.18, "Washer 8 mm": 0.06,
    "Powder coat RAL 7016": 7.9, "Primer grey": 6.3,
    "Oak board 40 mm": 38.0, "Pine board 28 mm": 12.6,
    "Cast bracket": 8.8, "Cast base plate": 23.0,
    "Linear guide 600": 58.0, "Stepper motor 23": 71.0,
    "End cap black": 0.9, "Cable duct 40": 3.4, "Foot": 1.2,
    "Control board C4": 84.0, "Display 7 inch": 62.0,
    "Carton 600": 2.1, "Carton 800": 2.9, "Edge guard": 0.7,
    "Soft-close hinge": 4.6, "Drawer runner 500": 11.3,
}  # fmt: skip


@dataclass(frozen=True)
class Product:
    """`needs`: how many of each item go into one. `days`: the median to make a batch."""

    name: str
    days: float
    needs: dict[str, int]

    @property
    def cost(self) -> float:
        material = sum(COSTS[item] * qty for item, qty in self.needs.items())
        return round(material * WORK, 2)


PRODUCTS = (
    Product("Lab bench L180", 4.0, {
        "Cold-rolled coil 2 mm": 16, "Cast base plate": 2, "Hex bolt M10": 24,
        "Powder coat RAL 7016": 3}),
    Product("Lab bench L240", 5.0, {
        "Cold-rolled coil 2 mm": 22, "Hot-rolled plate 8 mm": 4, "Cast base plate": 2,
        "Hex bolt M10": 32}),
    Product("Fume cupboard FC12", 6.0, {
        "Cold-rolled coil 2 mm": 18, "Safety glass 8 mm": 3, "Control board C4": 1,
        "Display 7 inch": 1}),
    Product("Steel cabinet C2", 2.5, {
        "Cold-rolled coil 2 mm": 12, "Soft-close hinge": 4, "Powder coat RAL 7016": 2,
        "Carton 800": 1}),
    Product("Steel cabinet C4", 3.0, {
        "Cold-rolled coil 2 mm": 18, "Soft-close hinge": 8, "Lock nut M8": 24,
        "Primer grey": 2}),
    Product("Locker row K6", 3.5, {
        "Cold-rolled coil 2 mm": 20, "Soft-close hinge": 6, "End cap black": 12,
        "Powder coat RAL 7016": 3}),
    Product("Drawer unit D5", 2.5, {
        "Galvanised strip": 10, "Drawer runner 500": 10, "Foot": 4, "Carton 600": 1}),
    Product("Display case V2", 3.0, {
        "Float glass 6 mm": 5, "Galvanised strip": 6, "Foot": 4, "Edge guard": 8}),
    Product("Desk E160", 4.0, {
        "Oak board 40 mm": 3, "Linear guide 600": 2, "Stepper motor 23": 2,
        "Control board C4": 1}),
    Product("Oak table T200", 3.5, {
        "Oak board 40 mm": 6, "Cast bracket": 4, "Hex bolt M8": 16, "Washer 8 mm": 16}),
    Product("Pine bench P150", 2.0, {
        "Pine board 28 mm": 5, "Cast bracket": 2, "Hex bolt M8": 8, "Felt 5 mm": 1}),
    Product("Seat U60", 2.0, {
        "Upholstery fabric grey": 3, "Pine board 28 mm": 1, "Hot-rolled plate 8 mm": 1,
        "Foot": 4}),
)  # fmt: skip

# Sold as they were bought.
RESOLD = (
    "Soft-close hinge", "Drawer runner 500", "Cable duct 40", "Primer grey", "Felt 5 mm",
    "Stepper motor 23", "Linear guide 600", "Display 7 inch", "Safety glass 8 mm", "Edge guard",
)  # fmt: skip

# Nobody has asked for it in two years, and there is much of it.
OBSOLETE, OBSOLETE_COST, OBSOLETE_QTY = "Halogen lamp 20 W", 7.2, 1_840.0
# It is not made any more, and archived in the ERP.
RETIRED = "Folding table F70"

# What a segment asks for, by the name of the product.
TASTES: dict[str, tuple[str, ...]] = {
    "Retail": ("Display case V2", "Pine bench P150", "Seat U60", "Drawer unit D5"),
    "Wholesale": ("Steel cabinet C2", "Steel cabinet C4", "Locker row K6", "Drawer unit D5"),
    "Food": ("Steel cabinet C2", "Lab bench L180", "Pine bench P150"),
    "Office": ("Desk E160", "Drawer unit D5", "Steel cabinet C2", "Seat U60"),
    "Interiors": ("Oak table T200", "Seat U60", "Display case V2", "Pine bench P150"),
    "Laboratory": ("Lab bench L180", "Lab bench L240", "Fume cupboard FC12"),
    "Hospitality": ("Oak table T200", "Seat U60", "Pine bench P150"),
    "Kitchens": ("Drawer unit D5", "Steel cabinet C2", "Oak table T200"),
    "Public": ("Locker row K6", "Desk E160", "Pine bench P150", "Steel cabinet C4"),
}

BY_NAME = {product.name: product for product in PRODUCTS}


def cost_of(name: str) -> float:
    """What one of an item or product costs the company."""
    if name == OBSOLETE:
        return OBSOLETE_COST
    return COSTS[name] if name in COSTS else BY_NAME[name].cost


def price_of(name: str) -> float:
    """What a customer pays for one."""
    return round(cost_of(name) * MARGIN, 2)


def first_needs(name: str) -> dict[str, int]:
    """What has to be on hand to deliver one: its material, or itself where it is not made."""
    return BY_NAME[name].needs if name in BY_NAME else {name: 1}
