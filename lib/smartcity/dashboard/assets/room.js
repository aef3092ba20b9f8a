// Asks the server for what is new, one request at a time: the next goes out when the last is drawn, and after a rest as
// long as the drawing took, so that a slow browser asks less often. A hidden tab does not ask.
(function () {
  "use strict";
  const LOST_MS = 2000;
  const tags = {}, slider = { first: 0, last: 1, value: 1 };
  let look = { district: "", minute: null }, tick = -1, asking = null, timer = 0;

  const place = (name) => document.getElementById(name);
  const say = (part, text) => {
    if (part.textContent !== text) part.textContent = text;
  };
  // Runs are tags with their texts, or texts alone.
  const row = (tag, runs) => {
    const part = document.createElement(tag);
    for (const [inner, text] of runs) {
      if (inner) part.appendChild(document.createElement(inner)).textContent = text;
      else part.append(text);
    }
    return part;
  };
  const clock = (minute) => new Date(minute * 60000).toISOString().slice(11, 16);
  const list = (name) => (rows) => place(name).replaceChildren(...rows.map((runs) => row("li", runs)));

  const bounds = ([first, last]) => {
    if (first === slider.first && last === slider.last && look.minute !== null) return;
    const numbers = [...new Set([0, 1, 2, 3, 4].map((part) => first + Math.floor(((last - first) * part) / 4)))];
    const marks = first ? Object.fromEntries(numbers.map((one) => [one, clock(one)])) : {};
    Object.assign(slider, { first, last, value: look.minute ?? last });
    window.dash_clientside.set_props("moment", { min: first, max: last, marks, value: slider.value });
    name();
  };

  // Dash gives its slider no name, and says the number of a minute; its arrow is a picture without words.
  const name = () => {
    const thumb = document.querySelector("#moment [role=slider]");
    thumb.setAttribute("aria-labelledby", "moment-label");
    thumb.setAttribute("aria-valuetext", `${clock(slider.value)} UTC`);
    document.querySelector(".dash-dropdown-trigger-icon").setAttribute("aria-hidden", "true");
  };

  const banner = (runs) => {
    place("banner").replaceChildren(...row("div", runs).childNodes);
    place("banner").className = runs.length ? "banner" : "hidden";
  };

  // The clock comes last: what it says has been drawn.
  const parts = {
    ...window.drawing,
    tiles: (texts) => document.querySelectorAll(".tile dd").forEach((tile, at) => say(tile, texts[at])),
    incidents: list("incidents"),
    alerts: list("alerts"),
    districts: (rows) => place("districts").replaceChildren(...rows.map((runs) => row("tr", runs))),
    minute: (runs) => place("minute").replaceChildren(...row("p", runs).childNodes),
    banner,
    slider: bounds,
    feed: (text) => say(place("feed"), text),
    clock: (text) => say(place("clock"), text),
  };

  const show = (news) => {
    tick = news.tick;
    for (const [name, draw] of Object.entries(parts)) {
      if (!(name in news.parts)) continue;
      draw(news.parts[name][1]);
      tags[name] = news.parts[name][0];
    }
  };

  const sleep = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));
  const painted = () => Promise.race([new Promise((done) => requestAnimationFrame(() => setTimeout(done))), sleep(1000)]);

  const address = () => {
    const query = new URLSearchParams({ tick, have: Object.values(tags).join() });
    if (look.district) query.set("district", look.district);
    if (look.minute !== null) query.set("minute", look.minute);
    return "view?" + query;
  };

  const ask = async () => {
    clearTimeout(timer);
    if (asking || document.hidden) return;
    const mine = (asking = new AbortController());
    let rest = LOST_MS;
    try {
      const answer = await fetch(address(), { signal: mine.signal });
      if (!answer.ok) throw new Error(answer.status);
      const news = await answer.json(), begun = performance.now();
      if (mine.signal.aborted) return;
      document.documentElement.removeAttribute("data-lost");
      show(news);
      await painted();
      rest = performance.now() - begun;
    } catch {
      if (mine.signal.aborted) return;
      document.documentElement.setAttribute("data-lost", "");
    }
    asking = null;
    timer = setTimeout(ask, rest);
  };

  // Another view is wanted at once, whatever is under way.
  const again = () => {
    if (asking) asking.abort();
    asking = null;
    tick = -1;
    ask();
  };

  const steer = (district, moment, _clicks, by) => {
    const minute = by === "live" || (by === "moment" && moment >= slider.last) ? null : by === "moment" ? moment : look.minute;
    if (by === "moment" && moment === slider.value) return String(look.minute === null); // set by `bounds`
    const next = { district: district || "", minute };
    const changed = next.district !== look.district || next.minute !== look.minute;
    look = next;
    slider.value = minute ?? slider.last;
    if (by) name();
    if (by === "live") window.dash_clientside.set_props("moment", { value: slider.value });
    if (changed) again();
    return String(minute === null);
  };
  window.room = { steer };

  document.addEventListener("visibilitychange", ask);
  const open = () => (window.dash_clientside && window.dash_clientside.set_props && place("moment") ? ask() : setTimeout(open, 50));
  open();
})();
