// What was said in a channel, and in the thread of one message beside it.
import React, { useEffect, useRef } from "react";
import { Blocks } from "./blocks.jsx";
import { repliesTo } from "./seen.js";
import { at, clockOf, counted, dayOf, plain } from "./words.js";

const BOT = "U0LEADLINE";

export function Header({ channel, people }) {
  const names = channel.members.map((id) => people.find((one) => one.id === id)?.name);
  return (
    <header>
      <h2>
        {channel.id.startsWith("D") ? "" : "# "}
        {channel.name}
      </h2>
      <p>{channel.topic || names.filter(Boolean).join(", ")}</p>
    </header>
  );
}

export function Messages({ messages, every, channel, onThread, ...shared }) {
  const end = useRef(null);
  useEffect(() => {
    end.current?.scrollIntoView({ block: "end" });
  }, [messages.length, channel.id]);
  return (
    <section className="messages" aria-label="Messages" aria-live="polite">
      {messages.length === 0 && <Nothing channel={channel} />}
      {messages.map((one, index) => {
        const day = dayOf(at(one));
        const isNewDay = index > 0 && day !== dayOf(at(messages[index - 1]));
        const first = every.find((other) => other.ts === one.thread_ts);
        return (
          <React.Fragment key={one.ts}>
            {isNewDay && <p className="day">{day}</p>}
            <Said
              message={one}
              first={first}
              replies={one.thread_ts ? [] : repliesTo(every, one)}
              onThread={onThread}
              {...shared}
            />
          </React.Fragment>
        );
      })}
      <div ref={end} />
    </section>
  );
}

function Nothing({ channel }) {
  return (
    <p className="empty">
      Nothing was said here yet. Type <code>/leadtime</code>, <code>/churn</code>,{" "}
      <code>/leadline help</code> or{" "}
      {channel.id.startsWith("D") ? (
        <>
          just <code>lead-time</code>
        </>
      ) : (
        <code>@Leadline lead-time</code>
      )}
      .
    </p>
  );
}

// The thread of a message: what was said first, and what was answered.
export function Thread({ first, replies, channel, onClose, children, ...shared }) {
  const end = useRef(null);
  useEffect(() => {
    end.current?.scrollIntoView({ block: "end" });
  }, [replies.length, first.ts]);
  return (
    <aside className="thread" aria-label="Thread">
      <header>
        <h2>Thread</h2>
        <p>
          {channel.id.startsWith("D") ? "" : "# "}
          {channel.name}
        </p>
        <button type="button" className="plain" aria-label="Close thread" onClick={onClose}>
          ×
        </button>
      </header>
      <section className="messages" aria-live="polite">
        <Said message={first} {...shared} />
        {replies.length > 0 && <p className="day">{counted(replies.length, "reply")}</p>}
        {replies.map((one) => (
          <Said key={one.ts} message={one} {...shared} />
        ))}
        <div ref={end} />
      </section>
      {children}
    </aside>
  );
}

function Said({ message, first, replies = [], shortcuts, onAction, onShortcut, onThread, ...shared }) {
  const person = shared.people.find((one) => one.id === message.user);
  const isApp = !person;
  const name = person?.name ?? (message.user === BOT ? "Leadline" : "Slackbot");
  // where a message is only text, it says whether it was changed, as in Slack
  const isMarked = message.edited && !message.blocks.length;
  const words = { type: "section", block_id: "text", text: { type: "mrkdwn", text: message.text } };
  return (
    <article className={message.only_for ? "ephemeral" : ""}>
      <div className={`face ${isApp ? "app" : ""}`} aria-hidden="true">
        {isApp ? "L" : name[0]}
      </div>
      <div className="body">
        {message.only_for && <p className="only">👁 Only visible to you</p>}
        {first && onThread && (
          <p className="only">
            replied to a thread:{" "}
            <button type="button" className="link" onClick={() => onThread(first.ts)}>
              {plain(first.text).split("\n")[0].slice(0, 80) || "a message"}
            </button>
          </p>
        )}
        <p className="by">
          <b>{name}</b> {isApp && <span className="badge">APP</span>} <time>{clockOf(at(message))}</time>
        </p>
        {(message.blocks.length > 0 || message.text) && (
          <Blocks
            blocks={message.blocks.length ? message.blocks : [words]}
            onAction={(action, values) => onAction(message, action, values)}
            {...shared}
          />
        )}
        {isMarked && <span className="edited">(edited)</span>}
        {(message.files ?? []).map((file) => (
          <a key={file.id} className="file" href={file.url} download={file.name}>
            <b>{file.name}</b> <span>CSV · {Math.ceil(file.size / 1024)} kB</span>
          </a>
        ))}
        {replies.length > 0 && (
          <button type="button" className="replies" onClick={() => onThread(message.ts)}>
            {counted(replies.length, "reply")}
            <span>Last reply {clockOf(at(replies.at(-1)))}</span>
          </button>
        )}
      </div>
      {!message.only_for && (
        <div className="menu">
          {onThread && !message.thread_ts && (
            <button type="button" onClick={() => onThread(message.ts)}>
              Reply in thread
            </button>
          )}
          {shortcuts.map((one) => (
            <button
              key={one.callback_id}
              type="button"
              onClick={() => onShortcut(message, one.callback_id)}
            >
              {one.name}
            </button>
          ))}
        </div>
      )}
    </article>
  );
}
