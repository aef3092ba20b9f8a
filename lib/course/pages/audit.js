// What a reader may stumble over on this page as it stands, in words: faint text, and a page wider than the screen.
() => {
  const channel = (value) => ((value /= 255), value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
  const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  const numbers = (text) => (text.match(/[\d.]+/g) || []).map(Number);
  const over = (upper, lower) => {
    const share = upper.length > 3 ? upper[3] : upper.length ? 1 : 0;
    return [0, 1, 2].map((at) => (upper[at] || 0) * share + lower[at] * (1 - share));
  };
  const behind = (part) => {
    if (!part) return matchMedia("(prefers-color-scheme: dark)").matches && getComputedStyle(document.documentElement).colorScheme.includes("dark") ? [0, 0, 0] : [255, 255, 255];
    const own = numbers(getComputedStyle(part).backgroundColor);
    return own.length === 3 || own[3] === 1 ? own : over(own, behind(part.parentElement));
  };
  const opacity = (part) => (part ? getComputedStyle(part).opacity * opacity(part.parentElement) : 1);
  const contrasts = [];
  for (const part of document.querySelectorAll("body *")) {
    const own = [...part.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
    const box = part.getBoundingClientRect(), style = getComputedStyle(part);
    if (!own || !box.width || !box.height || style.visibility === "hidden" || part.closest("script, style, [hidden]")) continue;
    const back = behind(part), clear = opacity(part);
    if (!clear) continue;
    const ink = numbers(part instanceof SVGElement ? style.fill : style.color);
    const front = over([...ink.slice(0, 3), (ink[3] ?? 1) * clear], back);
    const [high, low] = [light(front), light(back)].sort((a, b) => b - a);
    const size = parseFloat(style.fontSize), large = size >= 24 || (size >= 18.66 && style.fontWeight >= 700);
    contrasts.push({ ratio: (high + 0.05) / (low + 0.05), wanted: large ? 3 : 4.5, text: part.textContent.trim().slice(0, 40) });
  }
  const root = document.documentElement;
  return { contrasts, sideways: Math.max(0, root.scrollWidth - root.clientWidth), headings: document.querySelectorAll("h1").length, language: root.lang, title: document.title };
}
