// Where one can go, and who one is.
import React from "react";

export function Sidebar({ me, people, channels, direct, place, go, be, unread }) {
  const item = (id, label, mark) => {
    const news = unread[id];
    return (
      <li key={id}>
        <button
          type="button"
          className={`${place === id ? "here" : ""} ${news ? "unread" : ""}`}
          aria-current={place === id ? "page" : undefined}
          onClick={() => go(id)}
        >
          <span className="mark">{mark}</span>
          <span className="name">{label}</span>
          {news?.mine > 0 && (
            <span className="count" aria-label={`${news.mine} for you`}>
              {news.mine}
            </span>
          )}
        </button>
      </li>
    );
  };
  const mark = (one) => (one.is_external ? "⇄" : one.is_private ? "🔒" : "#");
  return (
    <nav>
      <h1>Sample company</h1>
      <h2>Channels</h2>
      <ul>
        {channels
          .filter((one) => one.id.startsWith("C") && (!one.is_private || one.members.includes(me.id)))
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
