// The local workspace: a sidebar, a channel, threads, dialogs and the home tab, near to Slack's.
import React, { useEffect, useReducer, useState } from "react";
import { createRoot } from "react-dom/client";
import { act, follow, state } from "./api.js";
import { Blocks } from "./blocks.jsx";
import { Composer } from "./composer.jsx";
import { Dialog } from "./dialog.jsx";
import { Header, Messages, Thread } from "./messages.jsx";
import { NOTHING, inChannel, repliesTo, told, unread } from "./seen.js";
import { Sidebar } from "./sidebar.jsx";

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

// Until when each channel was read, by whom.
function useRead(me, channel, messages) {
  const [read, setRead] = useState({});
  const last = Number(inChannel(messages, channel).at(-1)?.ts ?? 0);
  useEffect(() => {
    setRead((now) => ({ ...now, [me]: { ...now[me], [channel]: last } }));
  }, [me, channel, last]);
  return read[me] ?? {};
}

function Page({ people, channels, commands, shortcuts }) {
  const [me, setMe] = useState(people[0]);
  const [place, setPlace] = useState(channels.find((one) => one.id.startsWith("C")).id);
  const [thread, setThread] = useState(null);
  const [isLost, setLost] = useState(false);
  const [seen, dispatch] = useReducer(told, NOTHING);
  const isDark = useDark();
  const read = useRead(me.id, place, seen.messages);

  useEffect(() => {
    dispatch(null);
    return follow(me.id, dispatch, setLost);
  }, [me.id]);

  const direct = `D${me.id.slice(1)}`;
  const isHome = place === "home";
  const channel = channels.find((one) => one.id === place) ?? channels[0];
  const shared = { me, people, channels, isDark };
  const be = (id) => {
    setMe(people.find((one) => one.id === id));
    setThread(null);
    if (place.startsWith("D")) setPlace(`D${id.slice(1)}`);
    if (isHome) act("home", { as: id });
  };
  const go = (id) => {
    setPlace(id);
    setThread(null);
    if (id === "home") act("home", { as: me.id });
  };
  const deeds = {
    shortcuts,
    onShortcut: (message, callback_id) =>
      act("shortcut", { as: me.id, channel: channel.id, ts: message.ts, callback_id }),
    onAction: (message, action, values) =>
      act("click", { as: me.id, channel: channel.id, ts: message.ts, action, values }),
  };
  const first = seen.messages.find((one) => one.channel === channel.id && one.ts === thread);

  return (
    <div className={`page ${isDark ? "dark" : "light"} ${first ? "with-thread" : ""}`}>
      <Sidebar
        {...{ me, people, channels, direct, place, go, be }}
        unread={unread(seen.messages, me.id, read)}
      />
      <main>
        {isLost && <div className="lost">Leadline has stopped. Waiting for it to come back…</div>}
        {isHome ? (
          <Home
            view={seen.home}
            onAction={(action, values) =>
              act("click", { as: me.id, channel: "", ts: "", action, values })
            }
            {...shared}
          />
        ) : (
          <>
            <Header channel={channel} people={people} />
            <Messages
              messages={inChannel(seen.messages, channel.id)}
              every={seen.messages}
              channel={channel}
              onThread={setThread}
              {...deeds}
              {...shared}
            />
            <Composer
              place={channel.id}
              label={`Message ${channel.name}`}
              hint={`Message ${channel.id.startsWith("D") ? "" : "#"}${channel.name}: try /leadtime or /churn`}
              commands={commands}
              onSay={(text) => act("say", { as: me.id, channel: channel.id, text })}
            />
          </>
        )}
      </main>
      {first && (
        <Thread
          first={first}
          replies={repliesTo(seen.messages, first)}
          channel={channel}
          onClose={() => setThread(null)}
          {...deeds}
          {...shared}
        >
          <Composer
            place={first.ts}
            label="Reply in thread"
            hint="Reply…"
            commands={[]}
            onSay={(text) => act("say", { as: me.id, channel: channel.id, text, thread: first.ts })}
          />
        </Thread>
      )}
      {seen.views.length > 0 && (
        <Dialog
          key={seen.views[0].id}
          {...{ views: seen.views, errors: seen.errors, trouble: seen.trouble, sent: seen.sent }}
          onSend={(view_id) => dispatch({ sent: view_id, trouble: null })}
          {...shared}
        />
      )}
    </div>
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

state().then((found) => createRoot(document.getElementById("page")).render(<Page {...found} />));
