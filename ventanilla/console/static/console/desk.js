// Keeps lists and conversations fresh, says who else has a case open, and answers to keys. Without it, every page
// works by links and forms.
(() => {
  const list = document.getElementById("desk-list");
  const talk = document.getElementById("desk-said");
  const others = document.getElementById("desk-others");
  const composer = document.getElementById("composer");
  const box = composer && composer.querySelector("textarea");
  const area = list || talk;
  if (!area) return;

  const fragment = (what) =>
    fetch(location.href, { headers: { "X-Desk": what } }).then((answer) => (answer.ok ? answer.text() : null));

  async function refresh() {
    const html = await fragment(list ? "lines" : "said").catch(() => null);
    if (html === null) return;
    const focused = list && document.activeElement && document.activeElement.getAttribute("href");
    area.innerHTML = html;
    if (focused) {
      const again = area.querySelector(`a[href="${CSS.escape(focused)}"]`) || area.querySelector(`a[href="${focused}"]`);
      if (again) again.focus();
    }
  }

  let soon = null;
  function refreshSoon() {
    if (soon === null) soon = setTimeout(() => { soon = null; refresh(); }, 400);
  }

  const concerns = (event) => list || JSON.parse(event.data).case === talk.dataset.case;
  if ("EventSource" in window) {
    const source = new EventSource(area.dataset.live);
    source.addEventListener("case", (event) => concerns(event) && refreshSoon());
    source.addEventListener("presence", (event) => concerns(event) && (list ? refreshSoon() : beatSoon()));
    // What came between the page and the first word of the stream is on neither.
    source.addEventListener("open", refreshSoon);
  }

  // Who else is here
  const token = () => document.querySelector("[name=csrfmiddlewaretoken]").value;
  let typedAt = 0;
  function form(fields) {
    const body = new FormData();
    for (const [name, value] of Object.entries(fields)) body.append(name, value);
    return body;
  }
  async function beat() {
    const typing = Date.now() - typedAt < 10000 ? { typing: "1" } : {};
    try {
      const answer = await fetch(others.dataset.beat, { method: "POST", body: form(typing), headers: { "X-CSRFToken": token() } });
      if (answer.ok) {
        const text = (await answer.json()).others.join(" ");
        if (others.textContent !== text) others.textContent = text;
      }
    } catch { /* the next beat tries again */ }
  }
  let beating = null;
  let lastBeat = 0;
  function beatSoon() {
    if (beating === null && Date.now() - lastBeat > 3000) beating = setTimeout(() => { beating = null; lastBeat = Date.now(); beat(); }, 200);
  }
  if (others) {
    beat();
    setInterval(beat, 15000);
    if (box) box.addEventListener("input", () => { typedAt = Date.now(); beatSoon(); });
    addEventListener("pagehide", () => {
      const body = form({ leave: "1", csrfmiddlewaretoken: token() });
      navigator.sendBeacon(others.dataset.beat, body);
    });
  }

  // Keys
  const KEPT = "ventanilla-single-keys";
  const wish = document.getElementById("desk-keys");
  const wanted = () => localStorage.getItem(KEPT) !== "off";
  if (wish) {
    wish.checked = wanted();
    wish.addEventListener("change", () => localStorage.setItem(KEPT, wish.checked ? "on" : "off"));
  }
  if (box) box.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); composer.requestSubmit(); }
  });
  function move(step) {
    const links = [...area.querySelectorAll(".cases h2 a")];
    const now = links.indexOf(document.activeElement);
    const next = links[Math.min(Math.max(now + step, 0), links.length - 1)];
    if (next) next.focus();
  }
  const keys = {
    j: () => list && move(1),
    k: () => list && move(-1),
    n: () => { const link = list && document.querySelector("a[href$='/new/']"); if (link) link.click(); },
    r: () => box && box.focus(),
    "/": () => { const code = document.getElementById("case-code"); if (code) code.focus(); },
  };
  addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, textarea, select, [contenteditable]");
    if (typing || event.ctrlKey || event.metaKey || event.altKey || !wanted() || !keys[event.key]) return;
    event.preventDefault();
    keys[event.key]();
  });
})();
