// Registers the service worker on the home pages, and on the page "Take with you" keeps a country on this phone.
// Where a browser cannot, or a connection is not secure, the page says less and its download links do the work.
(function () {
  'use strict';
  const KEPT_AT = 'Ventanilla-Kept-At';
  const AT_ONCE = 3;
  const PATIENCE = 30000;
  const STILL_FRESH = 3600000;

  if (!('serviceWorker' in navigator) || !('caches' in window)) return;
  addEventListener('load', () => navigator.serviceWorker.register('/sw.js').catch(() => {}));

  const section = document.getElementById('keep');
  if (!section) return;
  const words = section.dataset;
  const name = `country-${words.country}-${words.language}`;
  const part = (id) => document.getElementById(id);
  const bar = part('keep-progress');

  section.hidden = false;
  part('forget').hidden = false;
  part('keep-start').addEventListener('click', () => keep().catch(failed));
  part('keep-remove').addEventListener('click', remove);
  part('forget-all').addEventListener('click', forgetAll);
  show();

  // Say in what state the country is on this phone.
  async function show() {
    const found = await caches.has(name);
    const cache = found && (await caches.open(name));
    const marker = cache && (await cache.match(words.list));
    part('keep-remove').hidden = !found;
    part('keep-start').textContent = marker ? words.again : found ? words.resume : words.start;
    if (marker) say(words.done.replace('{day}', new Date(keptAt(marker)).toLocaleDateString(dateLanguage())));
    else if (found) say(words.begun.replace('{n}', (await cache.keys()).length));
    await showSize();
  }

  function dateLanguage() {
    return words.language === 'ht' ? 'fr' : words.language;
  }

  async function showSize() {
    if (!navigator.storage || !navigator.storage.estimate) return;
    const { usage } = await navigator.storage.estimate();
    part('keep-size').hidden = usage < 5e4;
    part('keep-size').textContent = words.size.replace('{size}', (usage / 1e6).toFixed(1));
  }

  function say(text) {
    part('keep-status').textContent = text;
  }

  function keptAt(response) {
    return Number(response.headers.get(KEPT_AT)) || 0;
  }

  // Fetch what is missing, some pages at a time; what is already here from a broken attempt is not fetched again.
  async function keep() {
    part('keep-start').disabled = true;
    bar.hidden = false;
    if (navigator.storage && navigator.storage.persist) navigator.storage.persist();
    const response = await stubborn(words.list);
    const list = await response.clone().json();
    const cache = await caches.open(name);
    const waiting = list.pages.slice();
    let done = 0;
    bar.max = list.pages.length;
    const fetchOn = async () => {
      for (let path = waiting.shift(); path; path = waiting.shift()) {
        await keepOne(cache, path);
        done += 1;
        bar.value = done;
        say(words.progress.replace('{n}', done).replace('{all}', list.pages.length));
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, fetchOn));
    await dropOthers(cache, list.pages);
    await cache.put(words.list, await stamped(response));
    finished();
    await show();
  }

  function finished() {
    part('keep-start').disabled = false;
    bar.hidden = true;
  }

  async function keepOne(cache, path) {
    const here = await cache.match(path, { ignoreVary: true });
    if (here && keptAt(here) > Date.now() - STILL_FRESH) return;
    const response = await stubborn(path);
    if (response.ok) await cache.put(path, await stamped(response));
    else await cache.delete(path, { ignoreVary: true });
  }

  // Try until there is an answer: a lost connection is waited for, a busy server is asked again.
  async function stubborn(path) {
    for (let wait = 2000; ; wait = Math.min(wait * 2, 60000)) {
      try {
        const response = await patient(path);
        if (response.status !== 429 && response.status < 500) return response;
      } catch (error) {
        say(words.lost);
      }
      await online(wait);
    }
  }

  async function patient(path) {
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), PATIENCE);
    try {
      return await fetch(path, { cache: 'no-cache', credentials: 'omit', signal: stop.signal });
    } finally {
      clearTimeout(timer);
    }
  }

  function online(wait) {
    return new Promise((resolve) => {
      const go = () => { clearTimeout(timer); removeEventListener('online', go); resolve(); };
      const timer = setTimeout(go, wait);
      addEventListener('online', go);
    });
  }

  async function stamped(response) {
    const headers = new Headers(response.headers);
    headers.set(KEPT_AT, String(Date.now()));
    return new Response(await response.blob(), { headers });
  }

  async function dropOthers(cache, paths) {
    const wanted = new Set(paths);
    for (const request of await cache.keys()) {
      if (!wanted.has(new URL(request.url).pathname)) await cache.delete(request, { ignoreVary: true });
    }
  }

  function failed(error) {
    finished();
    say(error.name === 'QuotaExceededError' ? words.full : words.failed);
  }

  async function remove() {
    await caches.delete(name);
    say(words.removed);
    await show();
  }

  async function forgetAll() {
    for (const each of await caches.keys()) await caches.delete(each);
    for (const each of await navigator.serviceWorker.getRegistrations()) await each.unregister();
    await show();
    part('forget-status').textContent = words.forgotten;
  }
})();
