// Where people write: it completes slash commands, and remembers what was written.
import React, { useEffect, useRef, useState } from "react";

export function Composer({ place, label, hint, commands, onSay }) {
  const [line, setLine] = useState("");
  const [chosen, setChosen] = useState(0);
  const [isShut, setShut] = useState(false);
  const [said, setSaid] = useState([]);
  const [back, setBack] = useState(0);
  const field = useRef(null);

  useEffect(() => {
    field.current?.focus();
  }, [place]);

  const offers = isShut || !line.startsWith("/") ? [] : completions(line, commands);
  const at = Math.min(chosen, Math.max(0, offers.length - 1));

  const write = (value) => {
    setLine(value);
    setChosen(0);
    setShut(false);
  };
  const send = () => {
    if (!line.trim()) return;
    onSay(line);
    setSaid([...said, line]);
    setBack(0);
    write("");
  };
  const take = (offer) => {
    write(`${offer.line} `);
    field.current.focus();
  };
  const recall = (step) => {
    const next = Math.max(0, Math.min(said.length, back + step));
    setBack(next);
    setLine(next ? said[said.length - next] : "");
    setShut(true);
  };

  const key = (event) => {
    const isOpen = offers.length > 0;
    const isComplete = isOpen && line.trim() === offers[at].line;
    if (event.key === "ArrowDown" && isOpen) setChosen((at + 1) % offers.length);
    else if (event.key === "ArrowUp" && isOpen) setChosen((at + offers.length - 1) % offers.length);
    else if (event.key === "Tab" && isOpen) take(offers[at]);
    else if (event.key === "Enter" && isOpen && !isComplete) take(offers[at]);
    else if (event.key === "Enter") send();
    else if (event.key === "Escape") setShut(true);
    else if (event.key === "ArrowUp" && (!line || back)) recall(1);
    else if (event.key === "ArrowDown" && back) recall(-1);
    else return;
    event.preventDefault();
  };

  return (
    <div className="composer">
      {offers.length > 0 && (
        <ul className="offers" role="listbox" aria-label="Commands">
          {offers.map((offer, index) => (
            <li
              key={offer.line}
              role="option"
              aria-selected={index === at}
              ref={(item) => index === at && item?.scrollIntoView({ block: "nearest" })}
              onMouseDown={(event) => {
                event.preventDefault();
                take(offer);
              }}
            >
              <b>{offer.line}</b> <span className="hint">{offer.hint}</span>
              <span className="what">{offer.what}</span>
            </li>
          ))}
        </ul>
      )}
      <div className="field">
        <input
          ref={field}
          value={line}
          onChange={(event) => write(event.target.value)}
          onKeyDown={key}
          aria-label={label}
          placeholder={hint}
          autoComplete="off"
          spellCheck="false"
        />
        <button type="button" onClick={send} disabled={!line.trim()} aria-label="Send">
          ➤
        </button>
      </div>
    </div>
  );
}

// Slash commands that begin so; behind `/leadline ` the questions that can follow it.
function completions(line, commands) {
  const found = [];
  for (const one of commands) {
    found.push({ line: one.command, hint: one.usage_hint ?? "", what: one.description ?? "" });
    for (const question of one.questions ?? [])
      found.push({ line: `${one.command} ${question.line}`, hint: "", what: question.what });
  }
  const word = line.toLowerCase();
  const near = found.filter((one) => one.line.startsWith(word.trimEnd()));
  if (!word.includes(" ")) return near.filter((one) => !one.line.includes(" "));
  return near.filter((one) => one.line.includes(" "));
}
