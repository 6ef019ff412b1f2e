from storage.sources import _sql_asks as asks

GIVEN = {"url": "postgresql://reader@host/erp", "stream": "contract", "query": "SELECT * FROM c",
         "key": "no, version", "columns": "renewal_on=renewal, mrr", "stamp": ""}  # fmt: skip


def test_a_query_is_proposed_by_the_name_of_the_stream():
    assert asks.query({"stream": "contract"}) == "SELECT * FROM contract"


def test_the_answers_are_a_block_of_one_stream():
    assert asks.block(GIVEN) == {
        "url": "postgresql://reader@host/erp",
        "streams": {"contract": {"query": "SELECT * FROM c", "key": ["no", "version"],
                                 "columns": {"renewal_on": "renewal", "mrr": "mrr"}}},
    }  # fmt: skip
    assert asks.block(GIVEN | {"stamp": "changed"})["streams"]["contract"]["stamp"] == "changed"
