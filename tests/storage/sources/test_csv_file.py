import pytest

from storage import sync
from storage.sources import SourceError
from storage.sources.csv_file import SOURCE, Settings, StreamSettings
from tests.storage.conftest import fresh
from tests.storage.scripted import NOW, rows

HEAD = "po,vendor,day,in,qty\n"
COLUMNS = {"supplier": "vendor", "ordered_at": "day", "received_at": "in", "qty": "qty"}


@pytest.fixture
def files(tmp_path):
    return Files(tmp_path)


class Files:
    """A folder with one export, and a store that it is pulled into."""

    def __init__(self, folder):
        self.folder = folder
        self.store = fresh(folder / "x.db")

    def pull(self, text=None, **more):
        if text is not None:
            (self.folder / "po.csv").write_text(text, "utf-8")
        [result] = sync.run(
            "csv:old", self.source(**more), self.store, NOW, owner="me", clock=lambda: NOW
        )
        return result

    def source(self, **more):
        stream = StreamSettings(file="po.csv", key=("po",), columns=COLUMNS, **more)
        settings = Settings(
            key="csv:old", kind="csv", streams={"purchase_lines": stream}, folder=str(self.folder)
        )
        return SOURCE.open(settings, None)

    def rejected(self):
        return rows(self.store, "source_id, error", "quarantine", "1=1")


def test_rows_become_facts(files):
    result = files.pull(HEAD + "1,Acme,2026-01-01,2026-01-09,5\n2,Acme,2026-01-02,,3\n")
    assert (result.received, result.quarantined) == (2, 0)
    assert rows(files.store, "source_id", "purchaseline") == ["1", "2"]
    assert rows(files.store, "received_on", "receipt") == ["2026-01-09"]


def test_a_bad_row_is_held_back_with_its_line_and_the_others_come_in(files):
    files.pull(HEAD + "1,Acme,2026-01-01,,5\n2,Acme,01.02.2026,,5\n3,Acme,2026-01-02,,5\n")
    assert rows(files.store) == ["1", "3"]
    [(key, error)] = files.rejected()
    assert key == "2"
    assert error.startswith("line 3: ordered_at '01.02.2026' is not a date")


@pytest.mark.parametrize(
    ("line", "said"),
    [(",Acme,2026-01-01,,5", "no value in the key"), ("1,A,2026-01-01,,5,6", "more cells"),
     ("1,A,2026-01-02,2026-01-01,5", "before it was ordered"), ("1,A,2026-01-01,,-5", "qty -5")],
)  # fmt: skip
def test_every_bad_row_has_its_reason(files, line, said):
    files.pull(HEAD + line + "\n")
    assert said in files.rejected()[0][1]


def test_the_same_key_twice_is_told(files):
    files.pull(HEAD + "1,A,2026-01-01,,5\n1,A,2026-01-02,,6\n")
    assert "the same key as line 2" in files.rejected()[0][1]
    assert rows(files.store, "ordered_on", "purchaseorder") == ["2026-01-01"]


def test_a_file_that_did_not_change_is_not_read_again(files):
    files.pull(HEAD + "1,A,2026-01-01,,5\n")
    assert files.pull().received == 0


def test_a_row_that_left_the_file_is_deleted_unless_it_is_to_stay(files):
    files.pull(HEAD + "1,A,2026-01-01,,5\n2,A,2026-01-01,,5\n")
    files.pull(HEAD + "2,A,2026-01-01,,5\n", keeps_absent=True)
    assert rows(files.store) == ["1", "2"]
    files.pull(HEAD + "2,A,2026-01-01,,5\n")
    assert rows(files.store) == ["2"]


def test_a_row_that_can_no_longer_be_read_is_not_deleted(files):
    files.pull(HEAD + "1,A,2026-01-01,,5\n2,A,2026-01-01,,5\n")
    files.pull(HEAD + "1,A,garbage,,5\n2,A,2026-01-01,,5\n")
    assert rows(files.store) == ["1", "2"]
    assert len(files.rejected()) == 1


@pytest.mark.parametrize(
    ("content", "said"),
    [("po,day\n1,2026-01-01\n", "has no column in, qty, vendor"), ("\xff", "has no column")],
)
def test_a_file_that_cannot_be_read_is_told(files, content, said):
    assert said in files.pull(content).error


def test_another_encoding_is_told(files):
    (files.folder / "po.csv").write_bytes(
        HEAD.encode() + "1,Müller,2026-01-01,,5\n".encode("latin-1")
    )
    assert "is it utf-8-sig?" in files.pull().error
    assert files.pull(encoding="latin-1").error is None
    assert rows(files.store, "name", "party") == ["Müller"]


def test_a_file_that_is_not_there_is_told(files):
    with pytest.raises(SourceError, match="there is no file"):
        files.source().check()


def test_a_check_names_the_columns_that_are_missing(files):
    (files.folder / "po.csv").write_text("po,day,Vendor Name,quantity,in\n")
    qty, vendor = files.source().check().missing
    assert qty.startswith("purchase_lines: no column 'qty'; near: quantity, ")
    assert vendor.startswith("purchase_lines: no column 'vendor'; near: Vendor Name, ")


class Export:
    """Several files of one source, and a store that they are pulled into."""

    def __init__(self, folder, **streams):
        self.folder, self.streams = folder, streams
        self.store = fresh(folder / "x.db")

    def pull(self, full=False, **texts):
        """The results of all streams, by name, after new files were put in place."""
        for name, text in texts.items():
            (self.folder / f"{name}.csv").write_text(text)
        source = self.source()
        found = sync.run(
            "csv:old", source, self.store, NOW, owner="me", clock=lambda: NOW, full=full
        )
        assert [one.error for one in found] == [None] * len(found)
        return {one.stream: one for one in found}

    def source(self):
        streams = {
            name: StreamSettings(
                file=f"{name}.csv", key=("id",), columns={field: field for field in fields.split()}
            )
            for name, fields in self.streams.items()
        }
        return SOURCE.open(
            Settings(key="csv:old", kind="csv", streams=streams, folder=str(self.folder)), None
        )

    def rows(self, columns, table):
        return rows(self.store, columns, table)


BOUGHT = "id,order,supplier,item,ordered_at,qty\n1,P1,Acme,Bolt,2026-01-01,5\n"
SOLD = (
    "id,order,customer,item,ordered_at,qty,unit_price,currency\n1,S1,Nord,Bolt,2026-01-01,5,2,EUR\n"
)
BUYING = "order supplier item ordered_at qty"
SELLING = "order customer item ordered_at qty unit_price currency"


@pytest.mark.parametrize(
    ("lines", "text", "table", "fields", "more"),
    [
        (BUYING, BOUGHT, "receipt", "line_ref qty received_at",
         "id,line_ref,qty,received_at\nR1,1,2,2026-01-05\nR2,1,3,2026-01-06\n"),
        (BUYING, BOUGHT, "purchaseorder", "number supplier_ref ordered_at buyer",
         "id,number,supplier_ref,ordered_at,buyer\nP1,P1,Acme,2026-01-01,Ann\n"),
        (BUYING, BOUGHT, "party", "name kind", "id,name,kind\nAcme,Acme & Sons,supplier\n"),
        (SELLING, SOLD, "shipment", "line_ref qty shipped_at",
         "id,line_ref,qty,shipped_at\nD1,1,5,2026-01-05\n"),
        (SELLING, SOLD, "salesorder", "number customer_ref ordered_at amount",
         "id,number,customer_ref,ordered_at,amount\nS1,S1,Nord,2026-01-01,99\n"),
        (SELLING, SOLD, "item", "name category", "id,name,category\nBolt,Steel bolt,fasteners\n"),
    ],
)  # fmt: skip
def test_a_file_of_orders_leaves_a_table_to_the_file_of_its_name(
    tmp_path, lines, text, table, fields, more
):
    name = "purchase_lines" if lines == BUYING else "sales_lines"
    export = Export(tmp_path, **{name: lines, table: fields})
    export.pull(**{name: text, table: more})
    before = export.rows(fields.replace(" ", ", "), table)
    assert len(before) == more.count("\n") - 1
    again = export.pull(full=True)
    assert [(one.written, one.deleted) for one in again.values()] == [(0, 0), (0, 0)]
    assert export.rows(fields.replace(" ", ", "), table) == before


@pytest.mark.parametrize(
    ("name", "lines", "table"),
    [("purchase_lines", f"{BUYING} received_at", "receipt"),
     ("sales_lines", f"{SELLING} delivered_at", "shipment")],
)  # fmt: skip
def test_what_arrived_is_told_by_one_file_only(tmp_path, name, lines, table):
    fields = {"receipt": "qty received_at", "shipment": "qty shipped_at"}[table]
    export = Export(tmp_path, **{name: lines, table: fields})
    with pytest.raises(SourceError, match=f"{name} tells by .*_at what arrived, and so does the "):
        export.pull(**{name: "id\n", table: "id\n"})


def test_a_row_that_left_one_of_two_files_is_deleted_and_nothing_else(tmp_path):
    export = Export(tmp_path, purchase_lines=BUYING, receipt="line_ref qty received_at")
    receipts = "id,line_ref,qty,received_at\nR1,1,2,2026-01-05\nR2,1,3,2026-01-06\n"
    two = BOUGHT + "2,P2,Acme,Nut,2026-01-02,1\n"
    export.pull(purchase_lines=two, receipt=receipts)
    export.pull(purchase_lines=BOUGHT)
    assert export.rows("source_id", "purchaseline") == ["1"]
    assert export.rows("source_id", "purchaseorder") == ["P1"]
    assert export.rows("source_id", "receipt") == ["R1", "R2"]
    export.pull(receipt=receipts[:-18])
    assert export.rows("source_id", "receipt") == ["R1"]


def test_lines_that_differ_in_what_they_say_of_their_order_are_read_the_same_each_time(tmp_path):
    export = Export(tmp_path, purchase_lines=f"{BUYING} buyer currency")
    text = "id,order,supplier,item,ordered_at,qty,buyer,currency\n" + "".join(
        f"{number},P{number % 7},{supplier},Bolt,2026-01-0{1 + number % 9},5,{buyer},EUR\n"
        for number in range(2 * 300 + 20)
        for supplier, buyer in [(f"V{number % 5}", "Ann" if number > 300 else "")]
    )
    export.pull(purchase_lines=text)
    first = export.rows("source_id, supplier_ref, ordered_on, buyer", "purchaseorder")
    assert first[0] == ("P0", "V0", "2026-01-01", "Ann")
    assert first[6] == ("P6", "V1", "2026-01-07", "Ann")
    assert export.pull(full=True)["purchase_lines"].written == 0
    assert export.rows("source_id, supplier_ref, ordered_on, buyer", "purchaseorder") == first


def test_an_order_of_a_customer_has_the_amount_of_its_lines_and_ends_with_them(tmp_path):
    export = Export(tmp_path, sales_lines=f"{SELLING} cancelled_at")
    head = SOLD.splitlines()[0] + ",cancelled_at\n"
    lines = (
        "1,S1,Nord,Bolt,2026-01-01,5,2,EUR,\n2,S1,Nord,Nut,2026-01-01,1,0.5,EUR,\n"
        "3,S2,Nord,Nut,2026-01-01,1,4,EUR,2026-01-09\n4,S3,Nord,Nut,2026-01-01,1,,EUR,\n"
        "5,S4,Nord,Nut,2026-01-01,1,1,EUR,\n6,S4,Nord,Nut,2026-01-01,1,1,USD,\n"
        "7,S5,Nord,Nut,2026-01-01,1,1,EUR,\n8,S5,Nord,Nut,2026-01-01,none,1,EUR,\n"
    )
    export.pull(sales_lines=head + lines)
    assert export.rows("source_id, amount, cancelled_on", "salesorder") == [
        ("S1", 105_000, None), ("S2", 40_000, "2026-01-09"), ("S3", None, None),
        ("S4", None, None), ("S5", None, None),
    ]  # fmt: skip
    assert export.pull(full=True)["sales_lines"].written == 0


def test_what_is_bought_and_sold_is_the_same_whichever_file_was_read_last(tmp_path):
    export = Export(tmp_path, purchase_lines=f"{BUYING} category", sales_lines=SELLING)
    bought = "id,order,supplier,item,ordered_at,qty,category\n1,P1,Nord,Bolt,2026-01-01,5,steel\n"
    export.pull(purchase_lines=bought, sales_lines=SOLD)
    expected = [("Nord", "both")], [("Bolt", "steel")]
    for changed in ({"sales_lines": SOLD + "2,S2,Elm,Nut,2026-01-02,1,1,EUR\n"},
                    {"purchase_lines": bought + "2,P2,Acme,Rod,2026-01-02,1,steel\n"}):  # fmt: skip
        export.pull(**changed)
        parties, items = (
            export.rows("source_id, kind", "party"),
            export.rows("source_id, category", "item"),
        )
        assert ([one for one in parties if one[0] == "Nord"],
                [one for one in items if one[0] == "Bolt"]) == expected  # fmt: skip


def test_a_file_that_cannot_be_read_takes_nothing_from_what_the_other_says(tmp_path):
    export = Export(tmp_path, purchase_lines=BUYING, sales_lines=SELLING)
    (tmp_path / "purchase_lines.csv").write_text(BOUGHT)
    found = sync.run("csv:old", export.source(), export.store, NOW, owner="me", clock=lambda: NOW)
    assert [bool(one.error) for one in found] == [False, True]
    assert export.rows("source_id", "item") == ["Bolt"]


def test_what_was_called_off_of_a_line_is_what_did_not_come(tmp_path):
    fields = f"{BUYING} received_at received_qty cancelled_at"
    export = Export(tmp_path, purchase_lines=fields)
    head = "id,order,supplier,item,ordered_at,qty,received_at,received_qty,cancelled_at\n"
    export.pull(purchase_lines=head + "1,P1,Acme,Bolt,2026-01-01,10,2026-01-05,6,2026-01-09\n"
                "2,P1,Acme,Bolt,2026-01-01,10,,,2026-01-09\n"
                "3,P1,Acme,Bolt,2026-01-01,10,2026-01-05,6,\n")  # fmt: skip
    assert export.rows("source_id, cancelled_qty", "purchaseline") == [
        ("1", 4_000_000), ("2", 10_000_000), ("3", None),
    ]  # fmt: skip


def test_a_line_whose_receipts_are_in_a_file_of_their_own_does_not_say_what_came(tmp_path):
    export = Export(tmp_path, purchase_lines=f"{BUYING} cancelled_at", receipt="qty received_at")
    row = "1,P1,Acme,Bolt,2026-01-01,10,2026-01-09\n"
    export.pull(
        purchase_lines="id,order,supplier,item,ordered_at,qty,cancelled_at\n" + row,
        receipt="id,qty,received_at\n",
    )
    assert export.rows("cancelled_qty", "purchaseline") == [None]


def test_a_row_without_a_key_is_held_back_until_the_file_is_mended(files):
    files.pull(HEAD + "1,A,2026-01-01,,5\n,A,2026-01-01,,5\n1,A,2026-01-01,,6\n")
    assert [one for one, _ in files.rejected()] == ["line 3", "line 4"]
    files.pull(HEAD + "1,A,2026-01-01,,5\n2,A,2026-01-01,,5\n1,A,2026-01-01,,6\n")
    assert [one for one, _ in files.rejected()] == ["line 4"]
    files.pull(HEAD + "1,A,2026-01-01,,5\n")
    assert files.rejected() == []


def test_an_order_stays_while_one_of_its_rows_is_there_if_only_as_nonsense(tmp_path):
    export = Export(tmp_path, purchase_lines=BUYING)
    export.pull(purchase_lines=BOUGHT + "2,P2,Acme,Nut,2026-01-02,1\n")
    export.pull(purchase_lines=BOUGHT + "2,P2,Acme,Nut,garbage,1\n")
    assert export.rows("source_id", "purchaseorder") == ["P1", "P2"]


def test_every_page_tells_how_many_rows_there_will_be(files):
    lines = "".join(f"{number},A,2026-01-01,,5\n" for number in range(700))
    (files.folder / "po.csv").write_text(HEAD + lines)
    source = files.source()
    pages = list(source.pull(source.streams[0], None))
    assert {page.total for page in pages} == {700}
    assert sum(page.received for page in pages) == 700
    rest = list(source.pull(source.streams[0], pages[1].state))
    assert {page.total for page in rest} == {100}
    assert sum(page.received for page in rest) == 100


def test_only_the_first_page_of_a_file_begins_it(files):
    lines = "".join(f"{number},A,2026-01-01,,5\n" for number in range(700))
    (files.folder / "po.csv").write_text(HEAD + lines)
    source = files.source()
    pages = list(source.pull(source.streams[0], None))
    assert [page.begins for page in pages] == [True] + [False] * (len(pages) - 1)
    assert not any(page.begins for page in source.pull(source.streams[0], pages[0].state))
    (files.folder / "po.csv").write_text(HEAD)
    assert [page.begins for page in source.pull(source.streams[0], pages[0].state)] == [True]
