// What the page knows: messages, the views of an open dialog, what is wrong in it, the home tab.

export const NOTHING = { messages: [], views: [], errors: {}, trouble: null, sent: null, home: null };

export function told(now, news) {
  if (news === null) return NOTHING;
  if (!Array.isArray(news)) return { ...now, ...news };
  return news.reduce(after, now);
}

function after(now, event) {
  const of = event.message;
  switch (event.kind) {
    case "message":
      return { ...now, messages: [...now.messages, of] };
    case "changed":
      return { ...now, messages: now.messages.map((one) => (one.ts === of.ts ? of : one)) };
    case "deleted":
      return { ...now, messages: now.messages.filter((one) => one.ts !== event.ts) };
    case "view":
      return { ...answered(now), views: laid(now.views, event.view) };
    case "errors":
      return { ...answered(now), errors: event.errors };
    case "trouble":
      return { ...answered(now), trouble: event.view_id };
    case "closed":
      return { ...answered(now), views: now.views.filter((one) => one.id !== event.view_id) };
    case "home":
      return { ...now, home: event.view };
    default:
      return now;
  }
}

// The bot has answered to what was sent, so that it can be sent again.
const answered = (now) => ({ ...now, errors: {}, trouble: null, sent: null });

// The views with one that is new, or takes the place of what it was before.
function laid(views, view) {
  if (views.some((one) => one.id === view.id))
    return views.map((one) => (one.id === view.id ? view : one));
  return view.previous_view_id ? [...views, view] : [view];
}

// What stands in a channel: not what was said in a thread alone.
export const inChannel = (messages, channel) =>
  messages.filter(
    (one) => one.channel === channel && (!one.thread_ts || one.subtype === "thread_broadcast"),
  );

export const repliesTo = (messages, first) =>
  messages.filter((one) => one.channel === first.channel && one.thread_ts === first.ts);

// How many messages nobody has looked at, by channel, and how many of them are for `me`.
export function unread(messages, me, read) {
  const found = {};
  for (const one of messages) {
    const isAside = one.only_for || one.user === me || (one.thread_ts && !one.subtype);
    if (isAside || Number(one.ts) <= (read[one.channel] ?? 0)) continue;
    const at = (found[one.channel] ??= { every: 0, mine: 0 });
    at.every += 1;
    if (one.channel.startsWith("D") || names(one, me)) at.mine += 1;
  }
  return found;
}

const names = (message, me) =>
  `${message.text}${JSON.stringify(message.blocks)}`.includes(`<@${me}>`);
