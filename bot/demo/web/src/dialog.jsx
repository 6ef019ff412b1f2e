// An open dialog: of the views that lie over each other the last one is seen.
import React, { useEffect, useRef, useState } from "react";
import { act } from "./api.js";
import { Drawn, put, with_ } from "./blocks.jsx";
import { standing, wrong } from "./fields.jsx";

const TROUBLE = "We had some trouble connecting. Try again?";

export function Dialog({ views, errors, trouble, sent, onSend, me, ...shared }) {
  const [entered, setEntered] = useState({}); // by view: one comes back to what one left
  const [amiss, setAmiss] = useState({}); // what is wrong before anything is sent
  const place = useRef(null);
  const view = views.at(-1);
  const of = { as: me.id, view_id: view.id };
  const values = standing(view.blocks, entered[view.id]);
  const isSent = sent === view.id;
  const close = (all = false) => act("close", { ...of, all });

  useEffect(() => {
    place.current.showModal();
  }, []);
  useEffect(() => {
    setAmiss(errors);
  }, [errors]);
  useEffect(() => {
    setAmiss({});
    begin(place.current);
  }, [view.id]);
  useEffect(() => {
    place.current.querySelector('[role="alert"]')?.scrollIntoView({ block: "center" });
  }, [amiss]);

  const enter = (block, action, state) => {
    setEntered((now) => ({ ...now, [view.id]: put(values, block, action, state) }));
    setAmiss(({ [block]: _, ...others }) => others);
  };
  const submit = (event) => {
    event.preventDefault();
    if (isSent) return;
    const found = {};
    for (const block of view.blocks.filter((one) => one.type === "input")) {
      const said = wrong(block, values[block.block_id][block.element.action_id]);
      if (said) found[block.block_id] = said;
    }
    setAmiss(found);
    if (Object.keys(found).length) return;
    onSend(view.id);
    act("submit", { ...of, values });
  };
  const cancel = (event) => {
    event.preventDefault();
    close();
  };
  return (
    <dialog ref={place} className="dialog" aria-label={view.title.text} onCancel={cancel}>
      <form noValidate onSubmit={submit}>
        <header>
          {views.length > 1 && (
            <button type="button" className="plain" aria-label="Back" onClick={() => close()}>
              ‹
            </button>
          )}
          <h2>{view.title.text}</h2>
          <button type="button" className="plain" aria-label="Close" onClick={() => close(true)}>
            ×
          </button>
        </header>
        <div className="inside">
          {/* each view begins anew: a field that both have is not the same */}
          <Drawn
            key={view.id}
            blocks={view.blocks}
            values={values}
            errors={amiss}
            onEnter={enter}
            onAct={(action) => act("choose", { ...of, action, values: with_(values, action) })}
            me={me}
            {...shared}
          />
        </div>
        <footer>
          {trouble === view.id && <strong role="alert">{TROUBLE}</strong>}
          <button type="button" className="act" onClick={() => close()}>
            {view.close?.text ?? "Cancel"}
          </button>
          {view.submit && (
            <button type="submit" className="act primary submit" disabled={isSent} aria-busy={isSent}>
              {isSent && <span className="waits" aria-hidden="true" />}
              {view.submit.text}
            </button>
          )}
        </footer>
      </form>
    </dialog>
  );
}

// Where one begins: the field that the bot chose, else the first, else what sends it.
function begin(place) {
  const field = place.querySelector(".inside :is(input, textarea, select)");
  (place.querySelector("[data-begin]") ?? field ?? place.querySelector(".submit") ?? place).focus({ preventScroll: true });
}
