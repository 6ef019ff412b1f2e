// Block Kit, drawn. The library is near Slack's own look; what it can't draw, and what one acts on,
// is drawn here.
import React, { useState } from "react";
import { Message } from "slack-blocks-to-jsx";
import { Element, isDrawnHere } from "./actions.jsx";
import { Field, standing } from "./fields.jsx";

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

// The blocks of a message or a home tab, which keep what is entered in them by themselves.
export function Blocks({ blocks, onAction, ...shared }) {
  const [entered, setEntered] = useState({});
  const values = standing(blocks, entered);
  return (
    <Drawn
      blocks={blocks}
      values={values}
      onEnter={(block, action, state) => setEntered((now) => put(now, block, action, state))}
      onAct={(action) => onAction?.(action, standing(blocks, with_(entered, action)))}
      {...shared}
    />
  );
}

export const put = (values, block, action, state) => ({
  ...values,
  [block]: { ...values[block], [action]: state },
});

// What stands in the fields when an action is told: with what the action itself entered.
export function with_(values, { block_id, action_id, type, ...more }) {
  const where = Object.keys(more).find((name) => name === "value" || name.startsWith("selected_"));
  const isField = where && type !== "button" && type !== "overflow";
  return isField ? put(values, block_id, action_id, { type, [where]: more[where] }) : values;
}

// `onEnter(block_id, action_id, state)`, `onAct(action)`; `errors` by block.
export function Drawn({ blocks, values, errors = {}, onEnter, onAct, ...shared }) {
  const { people, channels, isDark } = shared;
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
  const element = (block, one) => (
    <Element
      key={one.action_id}
      block={block}
      element={one}
      state={values[block.block_id]?.[one.action_id]}
      onEnter={(state) => onEnter(block.block_id, one.action_id, { type: one.type, ...state })}
      onAct={onAct}
      {...shared}
    />
  );
  return (
    <div className="blocks">
      {runs(blocks).map((run, at) => {
        const [block] = run;
        const key = block.block_id ?? at;
        if (block.type === "data_table") return <Pages key={key} block={block} draw={draw} />;
        if (block.type === "actions")
          return (
            <div key={key} className="actions">
              {block.elements.map((one) => element(block, one))}
            </div>
          );
        if (block.type === "input")
          return (
            <Input
              key={key}
              block={block}
              state={values[block.block_id][block.element.action_id]}
              error={errors[block.block_id]}
              onEnter={(state) => onEnter(block.block_id, block.element.action_id, state)}
              onAct={onAct}
              {...shared}
            />
          );
        if (isDrawnHere(block.accessory)) {
          const { accessory, ...alone } = block;
          return (
            <div key={key} className="beside">
              <div>{draw([alone])}</div>
              {element(block, accessory)}
            </div>
          );
        }
        return <div key={key}>{draw(run)}</div>;
      })}
    </div>
  );
}

const isAlone = (block) =>
  ["data_table", "actions", "input"].includes(block.type) || isDrawnHere(block.accessory);

// Blocks that the library draws stay together; the others stand by themselves.
function runs(blocks) {
  const found = [];
  for (const block of blocks) {
    const last = found.at(-1);
    if (last && !isAlone(block) && !isAlone(last[0])) last.push(block);
    else found.push([block]);
  }
  return found;
}

function Input({ block, state, error, onEnter, onAct, ...shared }) {
  const { element } = block;
  const isTyped = "value" in state;
  const when = element.dispatch_action_config?.trigger_actions_on ?? ["on_enter_pressed"];
  const tell = (now) =>
    onAct({ ...now, block_id: block.block_id, action_id: element.action_id });
  const change = (now) => {
    onEnter(now);
    if (block.dispatch_action && (!isTyped || when.includes("on_character_entered"))) tell(now);
  };
  const isToldOnEnter = block.dispatch_action && when.includes("on_enter_pressed");
  return (
    <div className="input" data-block={block.block_id}>
      <p className="label">
        {block.label.text}
        {block.optional && <span className="optional"> (optional)</span>}
      </p>
      <Field
        element={element}
        state={state}
        label={block.label.text}
        isOptional={block.optional}
        onChange={change}
        onEnter={isToldOnEnter ? () => tell(state) : undefined}
        {...shared}
      />
      {error && <strong role="alert">{error}</strong>}
      {block.hint && <small>{block.hint.text}</small>}
    </div>
  );
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
