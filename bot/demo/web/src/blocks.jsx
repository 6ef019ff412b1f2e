// Block Kit, drawn. The library is near Slack's own look; what it can't draw is converted first.
import React from "react";
import { Message } from "slack-blocks-to-jsx";

const text = (value) => ({ type: "raw_text", text: String(value ?? "") });

// The library fails on number cells, and leaves data tables out.
const drawnCell = (cell) => (cell.type === "raw_number" ? text(cell.text ?? cell.value) : cell);

// To Slack a verbatim text has its bold words, and no links of its own making; the library would
// show its stars.
function unbound(block) {
  const loose = ({ verbatim, ...text }) => text;
  if (block.type === "section" && block.text) return { ...block, text: loose(block.text) };
  if (block.type === "context") return { ...block, elements: block.elements.map(loose) };
  return block;
}

function drawn(block) {
  if (block.type !== "table" && block.type !== "data_table") return unbound(block);
  return { ...block, type: "table", rows: block.rows.map((row) => row.map(drawnCell)) };
}

function actionIn(blocks, id) {
  for (const block of blocks) {
    const found = [...(block.elements ?? []), block.accessory].find((one) => one?.action_id === id);
    if (found) return { ...found, block_id: block.block_id };
  }
  return null;
}

export function Blocks({ blocks, people, channels, isDark, onAction }) {
  const click = (event) => {
    const id = event.target.closest("button")?.id;
    const action = id && actionIn(blocks, id);
    if (action) onAction?.(action);
  };
  return (
    <div className="blocks" onClick={click}>
      <Message
        blocks={blocks.map(drawn)}
        withoutWrapper
        theme={isDark ? "dark" : "light"}
        name="Leadline"
        logo="data:,"
        data={{
          users: people.map((one) => ({ id: one.id, name: one.name })),
          channels: channels.map((one) => ({ id: one.id, name: one.name })),
        }}
      />
    </div>
  );
}
