// Covers the page when nobody touches it, and has the server lock too. What was typed stays in the page: it
// is kept nowhere else, and is there again once the cover goes.
(() => {
  const cover = document.getElementById("lock-cover");
  if (!cover) return;
  const wait = Number(cover.dataset.minutes) * 60000;
  const TELL = 15000;
  const form = cover.querySelector("form.open");
  const wrong = cover.querySelector(".refused");
  const tabs = "BroadcastChannel" in window ? new BroadcastChannel("ventanilla-lock") : null;
  let last = Date.now();
  let told = Date.now();
  let locked = false;

  const token = () => cover.querySelector("[name=csrfmiddlewaretoken]").value;
  const ask = (address, method, body) =>
    fetch(address, { method, body, headers: { Accept: "application/json", "X-CSRFToken": token() } });

  function shut() {
    locked = true;
    document.documentElement.classList.add("is-locked");
    if (!cover.open) cover.showModal();
    const field = cover.querySelector("form.open input:not([type=hidden])");
    if (field) field.focus();
  }

  function lockNow() {
    if (locked) return;
    shut();
    if (tabs) tabs.postMessage("locked");
    ask(cover.dataset.lock, "POST").catch(() => {});
  }

  // Forms of this page go out with a token that is still good after signing in again.
  function refresh(csrf) {
    for (const field of document.querySelectorAll("[name=csrfmiddlewaretoken]")) field.value = csrf;
    if (window.wagtailConfig) window.wagtailConfig.CSRF_TOKEN = csrf;
  }

  function open(csrf) {
    refresh(csrf);
    locked = false;
    last = told = Date.now();
    wrong.hidden = true;
    cover.querySelector(".ended").hidden = true;
    if (form) form.reset();
    document.documentElement.classList.remove("is-locked");
    cover.close();
  }

  function opened(said) {
    open(said.csrf);
    if (tabs) tabs.postMessage("opened");
  }

  async function look() {
    try {
      const answer = await ask(cover.dataset.state, "GET");
      if (answer.status === 401) return ended();
      const said = await answer.json();
      if (said.locked) shut();
      else if (locked) open(said.csrf);
    } catch {
      // No network: the cover stays as it is.
    }
  }

  function ended() {
    shut();
    cover.querySelector(".ended").hidden = false;
  }

  async function active() {
    if (locked) return;
    const now = Date.now();
    last = now;
    if (now - told < TELL) return;
    told = now;
    if (tabs) tabs.postMessage("active");
    try {
      const answer = await ask(cover.dataset.active, "POST");
      if (answer.status === 423) shut();
      if (answer.status === 401) ended();
    } catch {
      // Nobody hears us; the server will lock by itself.
    }
  }

  function tick() {
    if (wait && !locked && Date.now() - last >= wait) lockNow();
  }

  for (const kind of ["pointerdown", "keydown", "input", "wheel", "touchstart"]) {
    document.addEventListener(kind, active, { passive: true, capture: true });
  }
  setInterval(tick, 1000);
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) return;
    tick();
    look();
  });
  window.addEventListener("pageshow", (event) => event.persisted && look());
  cover.addEventListener("cancel", (event) => event.preventDefault());
  cover.addEventListener("close", () => locked && cover.showModal());
  cover.addEventListener("unlocked", (event) => opened(event.detail));
  if (tabs) {
    tabs.addEventListener("message", ({ data }) => {
      if (data === "active") last = Date.now();
      if (data === "locked") shut();
      if (data === "opened") look();
    });
  }
  if (form) {
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      try {
        const answer = await ask(form.action, "POST", new FormData(form));
        const said = await answer.json();
        if (answer.ok) return opened(said);
        if (answer.status === 401) return ended();
        wrong.textContent = said.wrong ? said.wrong.join(" ") : wrong.dataset.text;
      } catch {
        wrong.textContent = wrong.dataset.text;
      }
      wrong.hidden = false;
    });
  }
  document.addEventListener("click", (event) => {
    const link = event.target.closest ? event.target.closest("a") : null;
    if (link && link.pathname === cover.dataset.lock) {
      event.preventDefault();
      lockNow();
    }
  });
})();
