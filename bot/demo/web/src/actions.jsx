// What one acts on in a message, a home tab or a dialog: buttons, menus and fields outside of inputs.
import React, { useEffect, useRef, useState } from "react";
import { Field, isField } from "./fields.jsx";
import { plain } from "./words.js";

export const isDrawnHere = (element) =>
  element && (element.type === "button" || element.type === "overflow" || isField(element));

// `onEnter(state)` notes what stands in a field; `onAct(action)` tells the bot.
export function Element({ block, element, state, onEnter, onAct, ...shared }) {
  const [asked, setAsked] = useState(null);
  const act = (more) => {
    const action = { type: element.type, block_id: block.block_id, action_id: element.action_id, ...more };
    // what happens once one is sure, if one is asked
    const go = () => {
      if (isField(element)) onEnter(more);
      onAct(action);
    };
    if (element.confirm) setAsked(() => go);
    else go();
  };
  return (
    <>
      {element.type === "button" && <Button element={element} act={act} />}
      {element.type === "overflow" && <Overflow element={element} act={act} />}
      {isField(element) && (
        <span className="field-alone">
          <Field
            element={element}
            state={state}
            label={element.placeholder?.text ?? block.text?.text}
            onChange={act}
            {...shared}
          />
        </span>
      )}
      {asked && (
        <Confirm
          confirm={element.confirm}
          onDone={(isSure) => {
            setAsked(null);
            if (isSure) asked();
          }}
        />
      )}
    </>
  );
}

function Button({ element, act }) {
  const { text, value, style, url } = element;
  const click = () => act({ text, ...(value === undefined ? {} : { value }), ...(style ? { style } : {}) });
  const look = { className: `act ${style ?? ""}`, "aria-label": element.accessibility_label };
  return url ? (
    <a {...look} href={url} target="_blank" rel="noreferrer" onClick={click}>
      {text.text}
    </a>
  ) : (
    <button {...look} type="button" onClick={click}>
      {text.text}
    </button>
  );
}

function Overflow({ element, act }) {
  const [isOpen, setOpen] = useState(false);
  const place = useRef(null);
  useEffect(() => {
    if (!isOpen) return undefined;
    const leave = (event) => place.current?.contains(event.target) || setOpen(false);
    document.addEventListener("pointerdown", leave);
    return () => document.removeEventListener("pointerdown", leave);
  }, [isOpen]);
  const take = (option) => {
    setOpen(false);
    act({ selected_option: option });
  };
  const key = (event) => {
    if (event.key !== "Escape" || !isOpen) return;
    event.preventDefault();
    event.stopPropagation();
    setOpen(false);
  };
  return (
    <span className="overflow" ref={place} onKeyDown={key}>
      <button
        type="button"
        className="act"
        aria-label="More"
        aria-haspopup="menu"
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
      >
        ⋯
      </button>
      {isOpen && (
        <ul role="menu">
          {element.options.map((option) => (
            <li key={option.value}>
              <button type="button" role="menuitem" onClick={() => take(option)}>
                {plain(option.text.text)}
              </button>
            </li>
          ))}
        </ul>
      )}
    </span>
  );
}

// Asks whether one is sure; `onDone(isSure)`.
function Confirm({ confirm, onDone }) {
  const place = useRef(null);
  useEffect(() => place.current.showModal(), []);
  const cancel = (event) => {
    event.preventDefault();
    event.stopPropagation();
    onDone(false);
  };
  return (
    <dialog ref={place} className="dialog confirm" aria-label={confirm.title.text} onCancel={cancel}>
      <h2>{confirm.title.text}</h2>
      <p>{plain(confirm.text.text)}</p>
      <footer>
        <button type="button" className="act" onClick={() => onDone(false)}>
          {confirm.deny.text}
        </button>
        <button type="button" className={`act ${confirm.style ?? "primary"}`} onClick={() => onDone(true)}>
          {confirm.confirm.text}
        </button>
      </footer>
    </dialog>
  );
}
