"""An independent judge of what is sent to Slack: its objects are rebuilt by a library that knows
Slack's limits, which raises `slackblocks.InvalidUsageError`; and nothing may be lost on the way.
"""

import slackblocks as lib

CHARTS = {"line": lib.LineChart, "bar": lib.BarChart, "area": lib.AreaChart}
KINDS = {"mrkdwn": lib.TextType.MARKDOWN, "plain_text": lib.TextType.PLAINTEXT}
# what the library writes although it was not said
UNSAID = ("block_id", "emoji", "row_header_column_index")


def judge_message(blocks, text):
    """A message: its blocks, together and each, and that there is a text beside them."""
    assert 1 <= len(text) <= 40_000
    if not blocks:
        return
    lib.Message("C1", text, [_rebuilt(block) for block in blocks])
    _unique_ids(blocks)
    assert sum(block["type"] in ("table", "data_table") for block in blocks) <= 1


def judge_view(view):
    """A dialog or a home tab."""
    blocks = [_rebuilt(block) for block in view["blocks"]]
    _unique_ids(view["blocks"])
    if view["type"] == "home":
        lib.HomeTabView(blocks)
        return
    named = {name: _text(view[name]) for name in ("title", "close", "submit") if name in view}
    lib.ModalView(
        blocks=blocks, private_metadata=view.get("private_metadata"),
        callback_id=view["callback_id"], **named,
    )  # fmt: skip


def _unique_ids(blocks):
    found = [one["action_id"] for block in blocks for one in _elements(block)]
    assert len(found) == len(set(found)), found


def _elements(block):
    inner = [*block.get("elements", ()), block.get("accessory") or {}]
    return [one for one in inner if "action_id" in one]


def _rebuilt(block):
    made = BUILDERS[block["type"]](block)
    assert _said(made._resolve()) == _said(block)
    return made


def _said(value):
    """What is said in a block, without what the library adds."""
    if isinstance(value, dict):
        return {key: _said(one) for key, one in value.items() if key not in UNSAID}
    return [_said(one) for one in value] if isinstance(value, list) else value


def _text(found):
    return lib.Text(found["text"], KINDS[found["type"]], verbatim=found.get("verbatim"))


def _section(block):
    accessory = _button(block["accessory"]) if "accessory" in block else None
    return lib.SectionBlock(_text(block["text"]), accessory=accessory)


def _context(block):
    if not block["elements"]:
        raise lib.LengthError("a context has at least one element")
    return lib.ContextBlock([_text(one) for one in block["elements"]])


def _button(found):
    if found["type"] != "button":
        return _element(found)
    return lib.Button(
        _text(found["text"]), found["action_id"], value=found["value"], style=found.get("style")
    )


def _table(block):
    rows = [[_plain_cell(cell) for cell in row] for row in block["rows"]]
    assert len({len(row) for row in rows}) == 1
    settings = [lib.ColumnSettings(**one) for one in block["column_settings"]]
    return lib.TableBlock(rows, settings)


def _plain_cell(cell):
    if cell["type"] == "raw_text":
        return lib.RawText(cell["text"])
    [section] = cell["elements"]
    return _rich_section(section)


def _data_table(block):
    rows = [[_cell(cell) for cell in row] for row in block["rows"]]
    return lib.DataTableBlock(rows, block["caption"], block["page_size"])


def _cell(cell):
    if cell["type"] == "raw_number":
        return lib.RawNumber(cell["value"], cell["text"])
    if cell["type"] == "raw_text":
        return lib.RawText(cell["text"])
    return lib.RichTextBlock([_rich_section(one) for one in cell["elements"]])


def _rich_section(section):
    return lib.RichTextSection(
        [lib.RichText(one["text"], **one.get("style", {})) for one in section["elements"]]
    )


def _chart(block):
    chart = block["chart"]
    if chart["type"] == "pie":
        made = lib.PieChart([lib.ChartSegment(**one) for one in chart["segments"]])
    else:
        series = [
            lib.DataSeries(one["name"], [lib.DataPoint(**point) for point in one["data"]])
            for one in chart["series"]
        ]
        made = CHARTS[chart["type"]](series, lib.AxisConfig(**chart["axis_config"]))
    return lib.DataVisualizationBlock(block["title"], made)


def _input(block):
    hint = _text(block["hint"]) if "hint" in block else None
    return lib.InputBlock(
        _text(block["label"]), _element(block["element"]), hint=hint, block_id=block["block_id"],
        optional=block.get("optional", False),
        dispatch_action=block.get("dispatch_action", False),
    )  # fmt: skip


def _element(found):
    """A field, rebuilt from all that is said of it."""
    said = {key: _field_value(key, value) for key, value in found.items() if key != "type"}
    return FIELDS[found["type"]](**said)


def _field_value(key, value):
    match key:
        case "options" | "initial_options":
            return [_option(one) for one in value]
        case "initial_option":
            return _option(value)
        case "placeholder":
            return _text(value)
        case "filter":
            return lib.ConversationFilter(**value)
    return value


def _option(found):
    more = _text(found["description"]) if "description" in found else None
    return lib.Option(_text(found["text"]), found["value"], more)


FIELDS = {
    "plain_text_input": lib.PlainTextInput,
    "url_text_input": lib.URLInput,
    "number_input": lib.NumberInput,
    "static_select": lib.StaticSelectMenu,
    "multi_static_select": lib.StaticMultiSelectMenu,
    "radio_buttons": lib.RadioButtonGroup,
    "checkboxes": lib.CheckboxGroup,
    "timepicker": lib.TimePicker,
    "conversations_select": lib.ConversationSelectMenu,
    "multi_conversations_select": lib.ConversationMultiSelectMenu,
    "users_select": lib.UserSelectMenu,
}
BUILDERS = {
    "input": _input,
    "header": lambda block: lib.HeaderBlock(block["text"]["text"]),
    "section": _section,
    "divider": lambda block: lib.DividerBlock(),
    "context": _context,
    "actions": lambda block: lib.ActionsBlock([_button(one) for one in block["elements"]]),
    "table": _table,
    "data_table": _data_table,
    "data_visualization": _chart,
}
