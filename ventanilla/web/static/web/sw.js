// The service worker: what a reader looked at, and a country kept on request, stay readable without a connection.
// The server writes `settings` in front of this file: version, shell, waits, leave, sentences by language.
// It never keeps answers to questions, nothing of the staff's console, and no copy past the day it was good for.
'use strict';

const SHELL = `shell-${settings.version}`;
const VISITED = 'visited-1';
const MOST_VISITED = 60;
const KEPT_AT = 'Ventanilla-Kept-At';
const DEAD_AT = 'Ventanilla-Dead-At';
const PUBLIC = /^\/([a-z]{2})\//;

// When the reader last left quickly: a page asked for before that is not kept when it arrives late.
let leftAt = 0;

addEventListener('install', (event) => {
  const shell = settings.shell.map((path) => new Request(path, { cache: 'reload', credentials: 'omit' }));
  event.waitUntil(caches.open(SHELL).then((cache) => cache.addAll(shell)).then(() => skipWaiting()));
});

addEventListener('activate', (event) => {
  event.waitUntil(dropOldCaches().then(() => clients.claim()));
});

async function dropOldCaches() {
  const names = await caches.keys();
  const isOld = (name) => (name.startsWith('shell-') && name !== SHELL) || (name.startsWith('visited-') && name !== VISITED);
  await Promise.all(names.filter(isOld).map((name) => caches.delete(name)));
}

addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== location.origin) return;
  if (url.pathname === settings.leave) event.respondWith(leave(request));
  else if (url.pathname.startsWith('/a/')) event.respondWith(asset(event));
  else if (request.mode === 'navigate' && languageOf(url.pathname)) {
    if (request.method === 'GET') event.respondWith(page(event, url));
    else if (request.method === 'POST' && url.pathname.endsWith('/ask/')) event.respondWith(ask(event, url.pathname));
  }
});

// The language of a public address; null for the console, the API and files.
function languageOf(path) {
  if (path === '/') return (navigator.language || '').slice(0, 2) in settings.sentences ? navigator.language.slice(0, 2) : 'es';
  const found = PUBLIC.exec(path);
  return found && found[1] in settings.sentences ? found[1] : null;
}

// The network first; after some seconds, or where it fails, the kept copy with a line that says so.
async function page(event, url) {
  const fresh = fromNetwork(event, url);
  event.waitUntil(fresh.catch(() => null));
  const soon = await Promise.race([fresh.catch(() => null), after(settings.waits)]);
  if (soon) return soon;
  const copy = await find(url.pathname);
  if (copy) return shown(copy, url.pathname);
  return fresh.catch(() => notice(languageOf(url.pathname)));
}

function after(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds, null));
}

async function fromNetwork(event, url) {
  const asked = Date.now();
  const response = await fetch(event.request);
  if (response.status >= 500 && (await find(url.pathname))) throw new Error('The server is away');
  event.waitUntil(remember(url, response.clone(), asked));
  return response;
}

function find(path) {
  return caches.match(path, { ignoreVary: true });
}

// A page that is gone leaves all copies; a good one replaces them. What a reader typed into an address is not kept.
async function remember(url, response, asked) {
  if (response.status === 404 || response.status === 410) return forget(url.pathname);
  if (!isKeepable(url, response) || asked <= leftAt) return;
  const copy = await stamped(response);
  for (const name of await countryCaches()) {
    const cache = await caches.open(name);
    if (await cache.match(url.pathname, { ignoreVary: true })) return cache.put(url.pathname, copy);
  }
  const visited = await caches.open(VISITED);
  await visited.delete(url.pathname, { ignoreVary: true });
  await visited.put(url.pathname, copy);
  if (asked <= leftAt) await caches.delete(VISITED);
  else await trim(visited);
}

function isKeepable(url, response) {
  return response.ok && response.type === 'basic' && !response.redirected && !url.search
    && url.pathname !== '/' && !url.pathname.includes('/take/')
    && (response.headers.get('Content-Type') || '').startsWith('text/html')
    && !(response.headers.get('Cache-Control') || '').includes('no-store');
}

async function forget(path) {
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    await cache.delete(path, { ignoreVary: true });
  }
}

async function trim(cache) {
  const requests = (await cache.keys()).filter((request) => !new URL(request.url).pathname.startsWith('/a/'));
  const extra = requests.slice(0, Math.max(0, requests.length - MOST_VISITED));
  await Promise.all(extra.map((request) => cache.delete(request, { ignoreVary: true })));
}

async function countryCaches() {
  return (await caches.keys()).filter((name) => name.startsWith('country-'));
}

async function stamped(response) {
  const headers = new Headers(response.headers);
  headers.set(KEPT_AT, String(Date.now()));
  return new Response(await response.blob(), { status: response.status, headers });
}

// A style sheet or script never changes under its address: kept is as good as fresh.
async function asset(event) {
  const path = new URL(event.request.url).pathname;
  const copy = await find(path);
  if (copy) return copy;
  const response = await fetch(event.request);
  if (response.ok) {
    const again = response.clone();
    event.waitUntil(caches.open(VISITED).then((cache) => cache.put(path, again)));
  }
  return response;
}

// A kept copy with its date; past the day until which its facts were good, an explanation instead.
async function shown(copy, path) {
  // The file to take along hides its own facts when their day has passed.
  if (path.includes('/take/')) return copy;
  const language = languageOf(path);
  const sentences = settings.sentences[language];
  const keptAt = Number(copy.headers.get(KEPT_AT)) || 0;
  const now = Math.max(Date.now(), keptAt);
  const deadAt = Number(copy.headers.get(DEAD_AT)) * 1000;
  if (deadAt && deadAt <= now) return notice(language, sentences.expired);
  return withLine(copy, keptAt ? sentences.kept.replace('{day}', dayOf(keptAt, language)) : sentences.away);
}

// Browsers rarely know the months in Haitian Creole, so a day there is written in figures.
function dayOf(milliseconds, language) {
  const month = language === 'ht' ? '2-digit' : 'long';
  return new Date(milliseconds).toLocaleDateString(language === 'ht' ? 'fr' : language, { day: 'numeric', month, year: 'numeric' });
}

async function withLine(response, line, more = '') {
  const html = await response.text();
  const headers = new Headers(response.headers);
  headers.delete('Content-Encoding');
  headers.delete('Content-Length');
  const inserted = `<p class="notice" role="status">${escaped(line)}</p>${more}`;
  return new Response(html.replace(/<main\b[^>]*>/, (tag) => tag + inserted), { status: response.status, headers });
}

function escaped(text) {
  const signs = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
  return String(text).replace(/[&<>"']/g, (sign) => signs[sign]);
}

// What to read while there is no connection: the countries that are kept.
async function notice(language, line) {
  const page = await find(`/${language}/offline-notice/`);
  if (!page) return new Response(escaped(settings.sentences[language].away), { status: 503, headers: { 'Content-Type': 'text/html; charset=utf-8' } });
  const links = (await keptLists()).map((list) => `<li><a href="${escaped(list.home)}">${escaped(list.name)}</a></li>`);
  const more = links.length ? `<ul class="topics">${links.join('')}</ul>` : '';
  return withLine(page, line || settings.sentences[language].away, more);
}

async function keptLists() {
  const lists = [];
  for (const name of await countryCaches()) {
    const [, country, language] = name.split('-');
    const marker = await find(`/${language}/${country}/offline/list.json`);
    if (marker) lists.push(await marker.json());
  }
  return lists;
}

// Questions travel in the body and are never kept. Without a connection, the kept file searches for an answer.
async function ask(event, path) {
  const spare = event.request.clone();
  try {
    return await fetch(event.request);
  } catch (error) {
    const question = (await spare.formData()).get('q') || '';
    const file = await fileFor(path);
    return file ? answered(file, question, languageOf(path)) : notice(languageOf(path));
  }
}

async function fileFor(path) {
  const [, language, place] = path.split('/');
  const lists = await keptLists();
  const fits = (list) => place === 'ask' || list.country === place;
  const best = lists.find((list) => fits(list) && list.language === language) || lists.find(fits);
  return best && find(best.file);
}

async function answered(file, question, language) {
  const html = (await file.text()).replace('id="q"', () => `id="q" value="${escaped(question)}"`);
  const page = new Response(html, { headers: file.headers });
  return withLine(page, settings.sentences[language].asked);
}

// The quick way out: what was looked at is off the phone before the next page opens.
async function leave(request) {
  leftAt = Date.now();
  await caches.delete(VISITED);
  try {
    return await fetch(request);
  } catch (error) {
    return new Response('<!doctype html><title>&nbsp;</title>', { headers: { 'Content-Type': 'text/html; charset=utf-8' } });
  }
}
