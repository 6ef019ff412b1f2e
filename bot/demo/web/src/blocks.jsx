// Block Kit, drawn. The library is near Slack's own look; what it can't draw is converted first.
import React, { useState } from "react";
import { Message } from "slack-blocks-to-jsx";

const text = (value) => ({ type: "raw_text", text: String(value ?? "") });

// The library fails on number cells.
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
  if (block.type !== "table") return unbound(block);
  return { ...block, rows: block.rows.map((row) => row.map(drawnCell)) };
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
  const draw = (some) => (
    <Message
      blocks={some.map(drawn)}
      withoutWrapper
      theme={isDark ? "dark" : "light"}
      name="Leadline"
      logo="data:,"
      data={{
        users: people.map((one) => ({ id: one.id, name: one.name })),
        channels: channels.map((one) => ({ id: one.id, name: one.name })),
      }}
    />
  );
  return (
    <div className="blocks" onClick={click}>
      {runs(blocks).map((run, at) =>
        run[0].type === "data_table" ? (
          <Pages key={at} block={run[0]} draw={draw} />
        ) : (
          <div key={at}>{draw(run)}</div>
        ),
      )}
    </div>
  );
}

// Blocks that the library draws stay together; a table with pages stands by itself.
function runs(blocks) {
  const found = [];
  for (const block of blocks) {
    const last = found.at(-1);
    if (last && block.type !== "data_table" && last[0].type !== "data_table") last.push(block);
    else found.push([block]);
  }
  return found;
}

// A data table: the library leaves it out, so each of its pages is drawn as a plain one.
function Pages({ block, draw }) {
  const [page, setPage] = useState(0);
  const [header, ...rows] = block.rows;
  const size = block.page_size ?? 5;
  const last = Math.ceil(rows.length / size) - 1;
  const isNumber = header.map((_, at) => rows.some((row) => row[at].type === "raw_number"));
  const table = {
    type: "table",
    column_settings: isNumber.map((number) => ({ align: number ? "right" : "left" })),
    rows: [header, ...rows.slice(page * size, (page + 1) * size)],
  };
  const go = (label, step, isEnd) => (
    <button type="button" aria-label={label} disabled={isEnd} onClick={() => setPage(page + step)}>
      {step < 0 ? "‹" : "›"}
    </button>
  );
  return (
    <div role="group" aria-label={block.caption}>
      {draw([table])}
      <p className="pager">
        {go("Page before", -1, page === 0)}
        {page * size + 1}–{Math.min(rows.length, (page + 1) * size)} of {rows.length}
        {go("Next page", 1, page === last)}
      </p>
    </div>
  );
}
