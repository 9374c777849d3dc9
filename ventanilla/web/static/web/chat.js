// Shows new answers of an open conversation as they come. Without it, "Look for new answers" does the same.
(() => {
  'use strict';
  const talk = document.querySelector('.talk[data-follow]');
  const held = document.querySelector('input[name=code]');
  if (!talk || !held || !('TextDecoderStream' in window)) return;
  const PAUSE = 3000;
  const LONG_PAUSE = 60000;
  const post = (address, fields) => fetch(address, { method: 'POST', body: new URLSearchParams(fields) });
  const after = (time) => new Promise((go) => setTimeout(go, time));

  async function look() {
    const page = await post(location.pathname, { code: held.value, say: '' });
    // The safe word was said. (A conversation that is not filed yet shows nothing, and stays.)
    if (page.status === 404 && talk.children.length) location.replace(talk.dataset.leave);
    if (!page.ok) return;
    const fresh = new DOMParser().parseFromString(await page.text(), 'text/html').querySelector('.talk');
    if (!fresh || fresh.children.length <= talk.children.length) return;
    for (const old of talk.querySelectorAll('form:not(.file)')) old.remove();
    const added = [...fresh.children].slice(talk.children.length);
    talk.append(...added);
    added[0].scrollIntoView({ block: 'nearest' });
  }

  // Returns how long to wait before following again.
  async function follow() {
    const answer = await post(talk.dataset.follow, { code: held.value });
    if (!answer.ok) return LONG_PAUSE;
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return PAUSE;
      if (value.includes('event: case')) await look();
    }
  }

  (async () => {
    for (;;) {
      const pause = await follow().catch(() => PAUSE);
      await after(pause);
      if (!document.hidden) await look().catch(() => {});
    }
  })();
})();
