// What the page asks of the workspace on this machine.

export async function state() {
  return (await fetch("/browser/state")).json();
}

export async function act(deed, body) {
  await fetch(`/browser/${deed}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
}

// Calls `onEvents` with what `viewer` may see, from the beginning on, until it is stopped.
export function follow(viewer, onEvents, onLost) {
  const stop = new AbortController();
  (async () => {
    let since = 0;
    while (!stop.signal.aborted) {
      try {
        const url = `/browser/events?as=${viewer}&since=${since}`;
        const events = await (await fetch(url, { signal: stop.signal })).json();
        onLost(false);
        if (events.length) {
          since = events[events.length - 1].seq;
          onEvents(events);
        }
      } catch {
        if (stop.signal.aborted) return;
        onLost(true);
        await new Promise((done) => setTimeout(done, 1000));
      }
    }
  })();
  return () => stop.abort();
}
