// The map and the line charts, drawn by hand as SVG: only what changed is touched, which costs a browser a tenth of
// what a library for charts does. Colours of text and grid are the style sheet's, so light and dark need no new drawing.
(function () {
  "use strict";
  const LEFT = 40, RIGHT = 8, TOP = 8, BOTTOM = 20;

  const make = (tag, parent, attributes) => {
    const part = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [name, value] of Object.entries(attributes || {})) part.setAttribute(name, value);
    return parent.appendChild(part);
  };
  const set = (part, name, value) => {
    if (part.getAttribute(name) !== String(value)) part.setAttribute(name, value);
  };
  const say = (part, text) => {
    if (part.textContent !== text) part.textContent = text;
  };
  const place = (name) => document.getElementById(name);

  const legend = (name, entries) => {
    const list = place(name + "-legend"), wanted = JSON.stringify(entries);
    if (list.dataset.entries === wanted) return;
    list.dataset.entries = wanted;
    list.replaceChildren();
    for (const [label, look] of entries) {
      const entry = list.appendChild(document.createElement("li"));
      const key = make("svg", entry, { width: 26, height: 14, viewBox: "0 0 26 14", "aria-hidden": "true" });
      if (look.cross) make("path", key, { d: "M8,2L18,12M18,2L8,12", class: "cross" });
      else make("path", key, { d: "M1,7H25", stroke: look.colour, "stroke-width": look.width, "stroke-dasharray": look.dash || "none" });
      entry.append(label);
    }
  };

  // ---- the map
  const map = { paths: [], drawn: [] };

  const streets = ({ size, levels, paths }) => {
    const box = place("map");
    box.replaceChildren();
    const svg = make("svg", box, { viewBox: `-30 -30 ${size[0] + 60} ${size[1] + 60}`, "aria-hidden": "true" });
    map.paths = paths;
    map.levels = levels.map(([, colour, width]) => make("path", svg, { class: "street", stroke: colour, "stroke-width": width }));
    map.drawn = levels.map(() => "");
    map.spots = make("g", svg);
    legend("map", [...levels.map(([label, colour, width]) => [label, { colour, width }]), ["incident", { cross: true }]]);
  };

  const roads = (digits) => {
    const drawn = map.levels.map(() => []);
    map.paths.forEach((path, number) => drawn[digits[number]].push(path));
    drawn.forEach((some, number) => set(map.levels[number], "d", some.join("")));
  };

  const spots = (found) => {
    map.spots.replaceChildren();
    for (const [x, y, text] of found) {
      const spot = make("g", map.spots, { class: "spot" }), d = `M${x - 14},${y - 14}l28,28m0,-28l-28,28`;
      make("path", spot, { d, class: "rim" });
      make("path", spot, { d, class: "cross" });
      make("title", spot).textContent = text;
    }
  };

  // ---- line charts
  const charts = {};

  const top = (most) => {
    const step = 10 ** Math.floor(Math.log10(Math.max(most, 1)));
    return [1, 1.5, 2, 3, 4, 5, 6, 8, 10].map((part) => part * step).find((value) => value >= most);
  };
  const clock = (minute) => new Date(minute * 60000).toISOString().slice(11, 16);

  const begin = (name) => {
    const box = place(name), svg = make("svg", box, { "aria-hidden": "true" });
    const one = { box, svg, name, lines: [], grid: make("g", svg), times: make("g", svg), drawn: make("g", svg), tip: box.appendChild(document.createElement("p")) };
    one.cursor = make("path", svg, { class: "cursor" });
    one.tip.className = "tip";
    new ResizeObserver(([entry]) => {
      Object.assign(one, { width: entry.contentRect.width, height: entry.contentRect.height });
      if (one.shown) draw(one);
    }).observe(box);
    box.addEventListener("pointermove", (event) => point(one, event.offsetX));
    box.addEventListener("pointerleave", () => point(one, -1));
    return one;
  };

  const chart = (name) => (shown) => {
    const one = (charts[name] = charts[name] || begin(name));
    one.shown = shown;
    set(one.box, "aria-label", shown.said);
    legend(name, shown.lines.length > 1 ? shown.lines.map(([label, colour], at) => [label, style(colour, at)]) : []);
    if (one.width) draw(one);
  };

  const style = (colour, at) => ({ colour, width: at ? 2 : 3, dash: at ? "2 4" : "" });

  const draw = (one) => {
    const { lines, start } = one.shown, count = Math.max(2, ...lines.map(([, , values]) => values.length));
    const most = top(Math.max(1, ...lines.flatMap(([, , values]) => values)));
    one.x = (at) => LEFT + (at * (one.width - LEFT - RIGHT)) / (count - 1);
    one.y = (value) => one.height - BOTTOM - (value * (one.height - TOP - BOTTOM)) / most;
    scale(one, most, count, start);
    while (one.drawn.childElementCount > lines.length) one.drawn.lastChild.remove();
    lines.forEach(([, colour, values], at) => {
      const look = style(colour, at);
      const line = one.drawn.children[at] || make("path", one.drawn, { class: "line" });
      set(line, "stroke", look.colour);
      set(line, "stroke-width", look.width);
      set(line, "stroke-dasharray", look.dash || "none");
      set(line, "d", path(one, values));
    });
  };

  const path = (one, values) => {
    let text = "", pen = "M";
    values.forEach((value, at) => {
      if (value !== null) text += `${pen}${one.x(at).toFixed(1)},${one.y(value).toFixed(1)}`;
      pen = value === null ? "M" : "L";
    });
    return text;
  };

  const scale = (one, most, count, start) => {
    const wanted = [most, count, start, one.width, one.height].join();
    if (one.scaled === wanted) return;
    one.scaled = wanted;
    one.grid.replaceChildren();
    for (const value of [0, most / 2, most]) {
      make("path", one.grid, { class: "grid", d: `M${LEFT},${one.y(value)}H${one.width - RIGHT}` });
      make("text", one.grid, { x: LEFT - 6, y: one.y(value) + 4, "text-anchor": "end" }).textContent = value.toLocaleString("en");
    }
    const every = count > 40 ? 15 : count > 20 ? 10 : count > 8 ? 5 : 1;
    for (let at = (every - (start % every)) % every; at < count; at += every) {
      const x = one.x(at), anchor = x > one.width - 24 ? "end" : "middle";
      make("path", one.grid, { class: "grid", d: `M${x},${one.y(0)}v4` });
      make("text", one.grid, { x, y: one.height - 3, "text-anchor": anchor }).textContent = clock(start + at);
    }
  };

  const point = (one, offset) => {
    if (!one.x || !one.shown) return;
    const { lines, start, unit } = one.shown, count = Math.max(2, ...lines.map(([, , values]) => values.length));
    const at = Math.round(((offset - LEFT) * (count - 1)) / (one.width - LEFT - RIGHT));
    const inside = offset >= 0 && at >= 0 && at < count;
    one.tip.hidden = !inside;
    set(one.cursor, "d", inside ? `M${one.x(at)},${TOP}V${one.y(0)}` : "");
    if (!inside) return;
    const told = lines.map(([label, , values]) => `${lines.length > 1 ? label + " " : ""}${values[at] ?? "–"}`);
    say(one.tip, `${clock(start + at)}  ${told.join(", ")} ${unit}`);
  };

  window.drawing = { streets, roads, spots, speeds: chart("speeds"), flow: chart("flow"), air: chart("air") };
})();
