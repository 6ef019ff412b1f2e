// What one fills in: each kind of input, and what stands in it in the shape that Slack sends.
import React from "react";
import { plain } from "./words.js";

// the kind of a field: where its value stands, and where its block says what it begins with
const VALUES = {
  plain_text_input: ["value", "initial_value"],
  number_input: ["value", "initial_value"],
  email_text_input: ["value", "initial_value"],
  url_text_input: ["value", "initial_value"],
  static_select: ["selected_option", "initial_option"],
  radio_buttons: ["selected_option", "initial_option"],
  multi_static_select: ["selected_options", "initial_options"],
  checkboxes: ["selected_options", "initial_options"],
  datepicker: ["selected_date", "initial_date"],
  timepicker: ["selected_time", "initial_time"],
  users_select: ["selected_user", "initial_user"],
  multi_users_select: ["selected_users", "initial_users"],
  channels_select: ["selected_channel", "initial_channel"],
  multi_channels_select: ["selected_channels", "initial_channels"],
  conversations_select: ["selected_conversation", "initial_conversation"],
  multi_conversations_select: ["selected_conversations", "initial_conversations"],
};
const TYPED = { email_text_input: "email", url_text_input: "url", number_input: "number" };
const MISSING = "Please complete this required field.";

export const isField = (element) => element?.type in VALUES;

const optionsOf = (element) =>
  element.option_groups?.flatMap((one) => one.options) ?? element.options ?? [];

export const elementsOf = (block) =>
  [block.element, block.accessory, ...(block.elements ?? [])].filter((one) => one?.action_id);

// What stands in all fields: what was entered before where the same field is there, else what the
// block begins with.
export function standing(blocks, entered = {}) {
  const found = {};
  for (const block of blocks)
    for (const element of elementsOf(block).filter(isField)) {
      const before = entered[block.block_id]?.[element.action_id];
      (found[block.block_id] ??= {})[element.action_id] =
        before?.type === element.type && isOffered(element, before) ? before : begins(element);
    }
  return found;
}

function begins(element) {
  const [where, first] = VALUES[element.type];
  return { type: element.type, [where]: element[first] ?? (where.endsWith("s") ? [] : null) };
}

function isOffered(element, state) {
  if (!element.options && !element.option_groups) return true;
  const offered = new Set(optionsOf(element).map((one) => one.value));
  const chosen = [state[VALUES[element.type][0]] ?? []].flat();
  return chosen.every((one) => offered.has(one.value));
}

// What is wrong in an input block before anything is sent; undefined if nothing is.
export function wrong(block, state) {
  const { type, min_length, max_length, min_value, max_value, is_decimal_allowed } = block.element;
  const value = state[VALUES[type][0]];
  if (value === null || value === "" || value.length === 0) return block.optional ? undefined : MISSING;
  if (type === "number_input") {
    const number = Number(value);
    if (Number.isNaN(number)) return "Please enter a number.";
    if (!is_decimal_allowed && !Number.isInteger(number)) return "Please enter a whole number.";
    if (min_value !== undefined && number < Number(min_value)) return `The least is ${min_value}.`;
    if (max_value !== undefined && number > Number(max_value)) return `The most is ${max_value}.`;
  }
  if (min_length && value.length < min_length) return `At least ${min_length} characters.`;
  if (max_length && value.length > max_length) return `At most ${max_length} characters.`;
  return undefined;
}

// `onChange(state)`; `onEnter()` when a text was ended with the Enter key.
// A choice that `isOptional` can be taken back.
export function Field({ element, state, onChange, onEnter, label, isOptional, ...shared }) {
  const { type } = element;
  const [where] = VALUES[type];
  const value = state[where];
  const put = (next) => onChange({ type, [where]: next });
  const common = { "aria-label": label, "data-begin": element.focus_on_load || undefined };
  if (type === "radio_buttons" || type === "checkboxes")
    return <Ticks {...{ element, value, put, label }} isOne={type === "radio_buttons"} />;
  if (type === "datepicker" || type === "timepicker")
    return (
      <input
        {...common}
        type={type === "datepicker" ? "date" : "time"}
        value={value ?? ""}
        onChange={(event) => put(event.target.value || null)}
      />
    );
  if (where === "value") return <Text {...{ element, value, put, onEnter, common }} />;
  const offered = offers(element, shared);
  return type.startsWith("multi_") ? (
    <Several {...{ element, value, put, offered, common, label }} />
  ) : (
    <Choice {...{ element, value, put, offered, common, isOptional }} />
  );
}

function Text({ element, value, put, onEnter, common }) {
  const more = {
    ...common,
    value: value ?? "",
    placeholder: element.placeholder?.text,
    onChange: (event) => put(event.target.value || null),
  };
  if (element.multiline) return <textarea {...more} rows={4} />;
  const enter = (event) => {
    if (event.key !== "Enter" || !onEnter) return;
    event.preventDefault();
    onEnter();
  };
  const step = element.is_decimal_allowed ? "any" : 1;
  return <input {...more} type={TYPED[element.type] ?? "text"} step={step} onKeyDown={enter} />;
}

// What can be chosen: groups of {id, name, one}, where `one` is what Slack sends of it.
function offers(element, { people, channels, me }) {
  const named = (all, prefix = "") => all.map((one) => ({ id: one.id, name: prefix + one.name, one: one.id }));
  const option = (one) => ({ id: one.value, name: plain(one.text.text), one });
  if (element.type.endsWith("users_select")) return [{ offered: named(people) }];
  if (element.type.endsWith("static_select"))
    return (element.option_groups ?? [{ options: element.options }]).map((group) => ({
      label: group.label?.text,
      offered: group.options.map(option),
    }));
  const open = channels.filter((one) => isListed(one, element.filter ?? {}, me));
  return [
    { offered: named(open.filter((one) => one.id.startsWith("C")), "#") },
    { offered: named(open.filter((one) => one.id.startsWith("D"))) },
  ].filter((one) => one.offered.length);
}

// A person finds the channels they are in and those that are public, and their talk with us.
function isListed(channel, filter, me) {
  const isMember = channel.members.includes(me.id);
  const kind = channel.id.startsWith("D") ? "im" : channel.is_private ? "private" : "public";
  if (kind !== "public" && !isMember) return false;
  if (filter.exclude_external_shared_channels && channel.is_external) return false;
  return !filter.include || filter.include.includes(kind);
}

function Options({ groups }) {
  return groups.map((group, at) => {
    const inner = group.offered.map((one) => (
      <option key={one.id} value={one.id}>
        {one.name}
      </option>
    ));
    return group.label ? (
      <optgroup key={at} label={group.label}>
        {inner}
      </optgroup>
    ) : (
      inner
    );
  });
}

function Choice({ element, value, put, offered, common, isOptional }) {
  const every = offered.flatMap((one) => one.offered);
  const id = value?.value ?? value ?? "";
  return (
    <select
      {...common}
      value={id}
      onChange={(event) => put(every.find((one) => one.id === event.target.value)?.one ?? null)}
    >
      <option value="" disabled={!isOptional}>
        {element.placeholder?.text ?? "Choose…"}
      </option>
      <Options groups={offered} />
    </select>
  );
}

function Several({ element, value, put, offered, common, label }) {
  const every = offered.flatMap((one) => one.offered);
  const idOf = (one) => one.value ?? one;
  const taken = new Set(value.map(idOf));
  const left = offered.map((group) => ({
    ...group,
    offered: group.offered.filter((one) => !taken.has(one.id)),
  }));
  const isFull = element.max_selected_items && value.length >= element.max_selected_items;
  return (
    <div className="several">
      {value.map((one) => {
        const name = every.find((other) => other.id === idOf(one))?.name ?? idOf(one);
        return (
          <span key={idOf(one)} className="token">
            {name}
            <button
              type="button"
              aria-label={`Remove ${name}`}
              onClick={() => put(value.filter((other) => other !== one))}
            >
              ×
            </button>
          </span>
        );
      })}
      {!isFull && taken.size < every.length && (
        <select
          {...common}
          aria-label={label ?? "Add"}
          value=""
          onChange={(event) => put([...value, every.find((one) => one.id === event.target.value).one])}
        >
          <option value="" disabled>
            {value.length ? "Add…" : (element.placeholder?.text ?? "Choose…")}
          </option>
          <Options groups={left.filter((one) => one.offered.length)} />
        </select>
      )}
    </div>
  );
}

function Ticks({ element, value, put, label, isOne }) {
  const chosen = new Set([value ?? []].flat().map((one) => one.value));
  const toggle = (option) => {
    if (isOne) put(option);
    else if (chosen.has(option.value)) put(value.filter((one) => one.value !== option.value));
    // in the order in which they are offered
    else put(element.options.filter((one) => chosen.has(one.value) || one === option));
  };
  return (
    <div className="ticks" role={isOne ? "radiogroup" : "group"} aria-label={label}>
      {element.options.map((option) => (
        <label key={option.value}>
          <input
            type={isOne ? "radio" : "checkbox"}
            checked={chosen.has(option.value)}
            onChange={() => toggle(option)}
          />
          <span>
            {plain(option.text.text)}
            {option.description && <small>{plain(option.description.text)}</small>}
          </span>
        </label>
      ))}
    </div>
  );
}
