"""What of a feed with the newest first is taken, so that nothing older comes in behind."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from storage.sources._stripe_reader import _Taken


def event(number, at, id_, type_="customer.updated"):
    return {"id": f"evt_{number}", "created": at, "type": type_,
            "data": {"object": {"id": id_, "n": number}}}  # fmt: skip


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 3), st.sampled_from("abc"), st.booleans()), max_size=30),
    st.integers(1, 7),
)
def test_of_each_object_the_newest_counts_however_the_pages_fall(happened, size):
    words = {True: "customer.deleted", False: "customer.updated"}
    in_order = sorted(happened, key=lambda one: one[0])
    made = [event(n, at, one, words[gone]) for n, (at, one, gone) in enumerate(in_order)]
    after, stored, feed = None, {}, made[::-1]
    for start in range(0, len(feed), size):
        page = feed[start : start + size]
        taken = _Taken.of(after)
        for one in taken.newest(page):
            id_, stamp = one["data"]["object"]["id"], one["created"]
            kept = stored.get(id_)
            # the store takes what is not older, and what comes for a row that is gone
            if kept is None or kept["type"] == "customer.deleted" or stamp >= kept["created"]:
                stored[id_] = one
            if one["type"] == "customer.deleted":
                taken.gone.add(id_)
        after = json.loads(json.dumps(taken.after(page[-1]["id"])))
    assert stored == {one["data"]["object"]["id"]: one for one in made}
