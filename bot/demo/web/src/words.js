// Text as it was sent, without its marks.

export const plain = (text) =>
  text
    .replace(/<[^<>|]*\|([^<>]*)>/g, "$1")
    .replace(/[*_~`]+(\S(?:.*?\S)?)[*_~`]+/g, "$1")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&amp;", "&");

export const at = (message) => new Date(Number(message.ts) * 1000);

export const clockOf = (time) =>
  time.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hour12: false });

export const dayOf = (time) =>
  time.toLocaleDateString("en-GB", { weekday: "long", day: "numeric", month: "long" });

export const counted = (number, word) =>
  `${number} ${number === 1 ? word : word.replace(/y$/, "ie")}${number === 1 ? "" : "s"}`;
