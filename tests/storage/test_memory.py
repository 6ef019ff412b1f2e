from storage.memory import Memory


def test_things_are_kept_by_name_until_all_is_forgotten():
    memory = Memory()
    assert memory.get("lines") is None
    memory.keep("lines", 1)
    memory.keep("lines", 2)
    assert memory.get("lines") == 2
    memory.forget()
    assert memory.get("lines") is None


def test_every_session_of_a_store_leads_to_its_memory(store):
    with store.reader() as one, store.reader() as other:
        assert one.info["memory"] is other.info["memory"] is store.memory
