"""Bad reviews by days late on real orders, by `python -m tests.storage.forecasts.bench_experience`.

Reads Olist's sample by the csv source and asks `experience`, as anyone would. Beside its figures
stand those that are published of the whole set, and the shares counted from the files alone.
"""

import csv
import json
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from typer.testing import CliRunner

from bot.__main__ import cli
from storage.metrics.after_delivery import BANDS, ENDS, PUBLISHED

DATA = Path(__file__).parents[3].parent / "shared/data/olist"
NOW = datetime(2026, 1, 1, tzinfo=UTC)
LINE = "experience last 20 years"
SALES = (
    'order = "order", line = "line", customer = "customer", item = "product",'
    ' ordered_at = "ordered", promised_on = "promised", delivered_at = "delivered",'
    ' cancelled_at = "cancelled"'
)
ANSWERS = 'account_ref = "customer", score = "score", responded_at = "answered"'


def main():
    if DATA.is_dir():
        with TemporaryDirectory() as folder:
            shown(*measured(Path(folder)))


def measured(folder):
    """What `experience` answers, and bad reviews counted from the files: {band: (bad, n)}."""
    orders = written(folder)
    (folder / "leadline.toml").write_text(
        '[sources.olist]\nkind = "csv"\n'
        '[sources.olist.streams.sales_lines]\nfile = "lines.csv"\nkey = ["order", "line"]\n'
        f"columns = {{ {SALES} }}\n"
        '[sources.olist.streams.surveyresponse]\nfile = "answers.csv"\nkey = ["id"]\n'
        f'columns = {{ {ANSWERS} }}\nconstants = {{ kind = "csat", scale = "5" }}\n'
    )
    env = {"LEADLINE_CONFIG": str(folder / "leadline.toml"), "LEADLINE_NOW": NOW.isoformat(),
           "DATABASE_URL": None}  # fmt: skip
    synced = CliRunner().invoke(cli, ["sync"], env=env)
    assert synced.exit_code == 0, synced.output
    later = {**env, "LEADLINE_NOW": (NOW + timedelta(hours=1)).isoformat()}
    asked = CliRunner().invoke(cli, ["ask", "--format", "json", LINE], env=later)
    assert asked.exit_code == 0, asked.output
    return json.loads(asked.stdout), counted(orders)


def rows(name):
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def written(folder):
    """Orders with whose they are, and answers, as files; a person is one customer."""
    people = {row["customer_id"]: row["customer_unique_id"] for row in rows("customers")}
    orders = {row["order_id"]: row for row in rows("orders")}
    items = rows("order_items")
    alone = orders.keys() - {row["order_id"] for row in items}
    lines = [(row["order_id"], row["order_item_id"], row["product_id"]) for row in items]
    lines += [(order, "0", "") for order in sorted(alone)]
    with (folder / "lines.csv").open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(["order", "line", "product", "customer", "ordered", "promised", "delivered",
                      "cancelled"])  # fmt: skip
        for order, line, product in lines:
            row = orders[order]
            out.writerow([
                order, line, product, people[row["customer_id"]],
                row["order_purchase_timestamp"][:10], row["order_estimated_delivery_date"][:10],
                row["order_delivered_customer_date"][:10], "",
            ])  # fmt: skip
    with (folder / "answers.csv").open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(["id", "customer", "score", "answered"])
        for number, row in enumerate(rows("reviews")):
            out.writerow([number, people[orders[row["order_id"]]["customer_id"]],
                          row["review_score"], row["review_creation_date"][:10]])  # fmt: skip
    return orders


def counted(orders):
    """The same from the files alone, each review with the order that it names."""
    found = {band: [0, 0] for band in BANDS}
    for row in rows("reviews"):
        order = orders[row["order_id"]]
        came, due = order["order_delivered_customer_date"], order["order_estimated_delivery_date"]
        band = BANDS[-1]
        if came:
            late = (date.fromisoformat(came[:10]) - date.fromisoformat(due[:10])).days
            band = BANDS[sum(late > end for end in ENDS)]
        found[band][0] += int(row["review_score"]) <= 2
        found[band][1] += 1
    return {band: tuple(pair) for band, pair in found.items()}


def shown(said, alone):
    say = sys.stdout.write
    say(f"{said['summary']['text'] if isinstance(said['summary'], dict) else said['summary']}\n")
    for row in said["table"]["rows"]:
        band, share, spanned = row[:3]
        bad, n = alone[band]
        low, high = PUBLISHED.get(band, (None, None))
        told = "    –    " if low is None else f"{low:.0%} to {high:.0%}"
        mine = "n/a" if share is None else f"{share:.1%}"
        files = f"{bad / n:.1%} of {n}"
        say(f"  {band:20} {mine:>6} ({spanned}); from the files {files}; known {told}\n")


if __name__ == "__main__":
    main()
