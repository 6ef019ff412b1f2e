// The local workspace: a sidebar, a channel, dialogs and the home tab, near to what Slack shows.
import React, { useEffect, useReducer, useRef, useState } from "react";
import { createRoot } from "react-dom/client";
import { act, follow, state } from "./api.js";
import { Blocks } from "./blocks.jsx";
import { Composer } from "./composer.jsx";

const BOT = "U0LEADLINE";
const NOTHING = { messages: [], view: null, errors: {}, home: null };

function told(now, events) {
  for (const event of events) {
    const of = event.message;
    if (event.kind === "message") now = { ...now, messages: [...now.messages, of] };
    if (event.kind === "changed")
      now = { ...now, messages: now.messages.map((one) => (one.ts === of.ts ? of : one)) };
    if (event.kind === "deleted")
      now = { ...now, messages: now.messages.filter((one) => one.ts !== event.ts) };
    if (event.kind === "view") now = { ...now, view: event.view, errors: {} };
    if (event.kind === "errors") now = { ...now, errors: event.errors };
    if (event.kind === "closed") now = { ...now, view: null };
    if (event.kind === "home") now = { ...now, home: event.view };
  }
  return now;
}

function useDark() {
  const query = window.matchMedia("(prefers-color-scheme: dark)");
  const [isDark, setDark] = useState(query.matches);
  useEffect(() => {
    const change = (event) => setDark(event.matches);
    query.addEventListener("change", change);
    return () => query.removeEventListener("change", change);
  }, []);
  return isDark;
}

function Page({ people, channels, commands, shortcuts }) {
  const [me, setMe] = useState(people[0]);
  const [place, setPlace] = useState(channels.find((one) => one.id.startsWith("C")).id);
  const [isLost, setLost] = useState(false);
  const [seen, dispatch] = useReducer(
    (now, events) => (events === null ? NOTHING : told(now, events)),
    NOTHING,
  );
  const isDark = useDark();

  useEffect(() => {
    dispatch(null);
    return follow(me.id, dispatch, setLost);
  }, [me.id]);

  const direct = `D${me.id.slice(1)}`;
  const isHome = place === "home";
  const channel = channels.find((one) => one.id === place) ?? channels[0];
  const shared = { people, channels, isDark };
  const be = (id) => {
    setMe(people.find((one) => one.id === id));
    if (place.startsWith("D")) setPlace(`D${id.slice(1)}`);
  };
  const go = (id) => {
    setPlace(id);
    if (id === "home") act("home", { as: me.id });
  };

  return (
    <div className={`page ${isDark ? "dark" : "light"}`}>
      <Sidebar {...{ me, people, channels, direct, place, go, be }} unread={unread(seen, place)} />
      <main>
        {isLost && <div className="lost">Leadline has stopped. Waiting for it to come back…</div>}
        {isHome ? (
          <Home
            view={seen.home}
            onAction={(action) => act("click", { as: me.id, channel: "", ts: "", action })}
            {...shared}
          />
        ) : (
          <>
            <Header channel={channel} people={people} />
            <Messages
              messages={seen.messages.filter((one) => one.channel === channel.id)}
              me={me}
              channel={channel}
              shortcuts={shortcuts}
              onShortcut={(message, callback_id) =>
                act("shortcut", { as: me.id, channel: channel.id, ts: message.ts, callback_id })
              }
              onAction={(message, action) =>
                act("click", { as: me.id, channel: channel.id, ts: message.ts, action })
              }
              {...shared}
            />
            <Composer
              channel={channel}
              commands={commands}
              onSay={(text) => act("say", { as: me.id, channel: channel.id, text })}
            />
          </>
        )}
      </main>
      {seen.view && <Dialog view={seen.view} errors={seen.errors} me={me} {...shared} />}
    </div>
  );
}

function unread(seen, place) {
  return new Set(
    seen.messages.filter((one) => one.channel !== place && !one.only_for).map((one) => one.channel),
  );
}

function Sidebar({ me, people, channels, direct, place, go, be, unread }) {
  const item = (id, label, mark) => (
    <li key={id}>
      <button
        type="button"
        className={`${place === id ? "here" : ""} ${unread.has(id) ? "unread" : ""}`}
        onClick={() => go(id)}
      >
        <span className="mark">{mark}</span>
        {label}
      </button>
    </li>
  );
  const mark = (one) => (one.is_external ? "⇄" : one.is_private ? "🔒" : "#");
  return (
    <nav>
      <h1>Sample company</h1>
      <h2>Channels</h2>
      <ul>
        {channels
          .filter((one) => one.id.startsWith("C"))
          .map((one) => item(one.id, one.name, mark(one)))}
      </ul>
      <h2>Apps</h2>
      <ul>
        {item(direct, "Leadline", "●")}
        {item("home", "Leadline home", "⌂")}
      </ul>
      <label className="who">
        You are
        <select value={me.id} onChange={(event) => be(event.target.value)}>
          {people.map((one) => (
            <option key={one.id} value={one.id}>
              {one.name}
              {one.title ? `, ${one.title}` : ""}
            </option>
          ))}
        </select>
      </label>
    </nav>
  );
}

function Header({ channel, people }) {
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

function Messages({ messages, me, channel, onAction, onShortcut, ...shared }) {
  const end = useRef(null);
  useEffect(() => {
    end.current?.scrollIntoView({ block: "end" });
  }, [messages.length, channel.id]);
  return (
    <section className="messages" aria-label="Messages" aria-live="polite">
      {messages.length === 0 && (
        <p className="empty">
          Nothing was said here yet. Type <code>/leadtime</code>, <code>/churn</code>,{" "}
          <code>/leadline help</code>
          {channel.id.startsWith("D") ? (
            <>
              {" "}
              or just <code>lead-time</code>.
            </>
          ) : (
            <>
              {" "}
              or <code>@Leadline lead-time</code>.
            </>
          )}
        </p>
      )}
      {messages.map((one) => (
        <Said
          key={one.ts}
          message={one}
          onAction={(action) => onAction(one, action)}
          onShortcut={(callback_id) => onShortcut(one, callback_id)}
          {...shared}
        />
      ))}
      <div ref={end} />
    </section>
  );
}

function Said({ message, people, channels, shortcuts, isDark, onAction, onShortcut }) {
  const person = people.find((one) => one.id === message.user);
  const isApp = !person;
  const name = person?.name ?? (message.user === BOT ? "Leadline" : "Slackbot");
  const time = new Date(Number(message.ts) * 1000);
  return (
    <article className={`${message.only_for ? "ephemeral" : ""} ${message.thread_ts ? "reply" : ""}`}>
      <div className={`face ${isApp ? "app" : ""}`} aria-hidden="true">
        {isApp ? "L" : name[0]}
      </div>
      <div className="body">
        {message.only_for && <p className="only">👁 Only visible to you</p>}
        {message.thread_ts && <p className="only">↳ in a thread</p>}
        <p className="by">
          <b>{name}</b> {isApp && <span className="badge">APP</span>}{" "}
          <time>{time.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hour12: false })}</time>
        </p>
        {message.blocks.length ? (
          <Blocks blocks={message.blocks} {...{ people, channels, isDark, onAction }} />
        ) : (
          <p className="text">{plain(message.text)}</p>
        )}
        {(message.files ?? []).map((file) => (
          <a key={file.id} className="file" href={file.url} download={file.name}>
            <b>{file.name}</b> <span>CSV · {Math.ceil(file.size / 1024)} kB</span>
          </a>
        ))}
      </div>
      {!message.only_for && (
        <div className="menu">
          {shortcuts.map((one) => (
            <button key={one.callback_id} type="button" onClick={() => onShortcut(one.callback_id)}>
              {one.name}
            </button>
          ))}
        </div>
      )}
    </article>
  );
}

function Home({ view, ...shared }) {
  return (
    <>
      <header>
        <h2>Leadline</h2>
        <p>Home</p>
      </header>
      <section className="messages home">
        {view ? <Blocks blocks={view.blocks} {...shared} /> : <p className="empty">One moment…</p>}
      </section>
    </>
  );
}

function Dialog({ view, errors, me, ...shared }) {
  const close = () => act("close", { as: me.id, view_id: view.id });
  const form = useRef(null);
  useEffect(() => {
    form.current?.querySelector(".submit")?.focus();
  }, [view.id]);
  const submit = (event) => {
    event.preventDefault();
    act("submit", { as: me.id, view_id: view.id, values: valuesOf(form.current, view) });
  };
  const key = (event) => event.key === "Escape" && close();
  return (
    <div className="veil" onKeyDown={key}>
      <form ref={form} className="dialog" role="dialog" aria-modal="true" onSubmit={submit}>
        <h2>{view.title.text}</h2>
        {view.blocks.map((block, at) =>
          block.type === "input" ? (
            <Input key={block.block_id ?? at} block={block} error={errors[block.block_id]} />
          ) : (
            <Blocks key={block.block_id ?? at} blocks={[block]} {...shared} />
          ),
        )}
        <footer>
          <button type="button" onClick={close}>
            {view.close?.text ?? "Cancel"}
          </button>
          {view.submit && (
            <button type="submit" className="submit">
              {view.submit.text}
            </button>
          )}
        </footer>
      </form>
    </div>
  );
}

function Input({ block, error }) {
  const element = block.element;
  const name = `${block.block_id}/${element.action_id}`;
  return (
    <label className="input">
      {block.label.text}
      {element.type === "static_select" ? (
        <select name={name} defaultValue={element.initial_option?.value}>
          {element.options.map((one) => (
            <option key={one.value} value={one.value}>
              {one.text.text}
            </option>
          ))}
        </select>
      ) : (
        <input name={name} defaultValue={element.initial_value ?? ""} required={!block.optional} />
      )}
      {block.hint && <small>{block.hint.text}</small>}
      {error && <strong role="alert">{error}</strong>}
    </label>
  );
}

function valuesOf(form, view) {
  const values = {};
  for (const block of view.blocks.filter((one) => one.type === "input")) {
    const { action_id, type, options } = block.element;
    const value = new FormData(form).get(`${block.block_id}/${action_id}`);
    values[block.block_id] = {
      [action_id]:
        type === "static_select"
          ? { type, selected_option: options.find((one) => one.value === value) }
          : { type, value },
    };
  }
  return values;
}

const plain = (text) =>
  text.replaceAll(`<@${BOT}>`, "@Leadline").replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");

state().then((found) => createRoot(document.getElementById("page")).render(<Page {...found} />));
