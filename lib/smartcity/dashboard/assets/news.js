// Hands the server's news to the page, one at a time: the next waits until the last is drawn, and older ones are skipped.
(function () {
  "use strict";
  let waiting = null, current = null, alarm = 0;

  const tell = (news) => {
    current = news;
    clearTimeout(alarm);
    // A drawing that never ends (the server went away) must not silence the page.
    alarm = setTimeout(() => window.newsAreDrawn(news), 5000);
    window.dash_clientside.set_props("pulse", { data: news });
  };

  const take = (news) => {
    if (current) waiting = news;
    else tell(news);
  };

  window.newsAreDrawn = (news) => {
    if (!current || !news || news.number !== current.number) return;
    current = null;
    if (waiting) {
      const next = waiting;
      waiting = null;
      tell(next);
    }
  };

  const open = () => {
    if (!window.dash_clientside || !window.dash_clientside.set_props || !document.getElementById("moment")) {
      setTimeout(open, 100);
      return;
    }
    const source = new EventSource("news");
    let number = 0;
    source.onmessage = (event) => {
      document.documentElement.removeAttribute("data-lost");
      take({ ...JSON.parse(event.data), number: number++ });
    };
    source.onerror = () => document.documentElement.setAttribute("data-lost", "");
  };
  open();
})();
