// Hands the server's news to the page, at most one at a time: the next one waits until the last one is drawn.
(function () {
  "use strict";
  let waiting = null, busy = false, opened = false;

  const tell = (news) => {
    busy = true;
    window.dash_clientside.set_props("pulse", { data: news });
    // A drawing that never ends (the server went away) must not silence the page.
    setTimeout(next, 3000, news);
  };

  const next = (finished) => {
    if (finished && finished !== current) return;
    busy = false;
    if (waiting) { const news = waiting; waiting = null; current = news; tell(news); }
  };
  let current = null;

  const take = (news) => {
    if (busy) { waiting = news; return; }
    current = news;
    tell(news);
  };

  const lost = (on) => {
    document.documentElement.toggleAttribute("data-lost", on);
  };

  const open = () => {
    if (opened || !window.dash_clientside || !window.dash_clientside.set_props || !document.getElementById("moment")) {
      return setTimeout(open, 100);
    }
    opened = true;
    const source = new EventSource("news");
    source.onmessage = (event) => { lost(false); take(JSON.parse(event.data)); };
    source.onerror = () => lost(true);
    new MutationObserver(() => next(current)).observe(document.getElementById("clock"), { childList: true, characterData: true, subtree: true });
  };
  open();
})();
