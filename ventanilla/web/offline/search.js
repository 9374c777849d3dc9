// The search of the file to take along. It works where the phone is alone: no library, no request, nothing kept.
(function () {
'use strict';
var page = document.getElementById('main');
var words = page.dataset;
var input = document.getElementById('q');
var form = document.getElementById('find');
var results = document.getElementById('results');
var said = document.getElementById('found');
var SHOWN = 8;

// Letters without accents; what sounds alike is written alike, so that "nesesito" finds "necesito".
function fold(text) {
  return text.toLowerCase().normalize('NFD').replace(/[\u0300-\u036f]/g, '')
    .replace(/[^a-z0-9]+/g, ' ')
    .replace(/\b(xq|pq)\b/g, 'porque').replace(/\bq\b/g, 'que').replace(/\bk\b/g, 'que')
    .replace(/qu(?=[ei])|c(?![ehi])|q/g, 'k').replace(/c(?=[ei])|z/g, 's')
    .replace(/g(?=[ei])/g, 'j').replace(/(^|[^cs])h/g, '$1').replace(/v/g, 'b').replace(/ll/g, 'y')
    .replace(/([a-z])\1/g, '$1').trim();
}

function wordsOf(text) {
  return fold(text).split(' ').filter(Boolean);
}

function runs(word) {
  var framed = '^' + word + '$';
  return Array.from({ length: Math.max(0, framed.length - 2) }, function (_, i) { return '~' + framed.slice(i, i + 3); });
}

// The pieces by which texts are compared: whole words, and runs of three letters that survive a typing error.
function pieces(words) {
  var found = new Map();
  words.forEach(function (word) {
    add(found, word, 1);
    runs(word).forEach(function (run) { add(found, run, 1); });
  });
  return found;
}

function add(counts, key, by) {
  counts.set(key, (counts.get(key) || 0) + by);
}

// Today as the phone has it, but never before the day this file was made: clocks of old phones run wild.
function today() {
  var now = new Date();
  var text = [now.getFullYear(), ('0' + (now.getMonth() + 1)).slice(-2), ('0' + now.getDate()).slice(-2)].join('-');
  return text < words.made ? words.made : text;
}

// Facts whose date has passed are taken out of sight; those to be checked again say so.
function expire(day) {
  var gone = 0;
  document.querySelectorAll('[data-gone]').forEach(function (element) {
    element.hidden = element.dataset.gone <= day;
    if (element.hidden && element.matches('details')) gone++;
  });
  document.querySelectorAll('[data-due]').forEach(function (element) {
    element.hidden = element.dataset.due > day;
  });
  document.getElementById('old').hidden = day <= words.until;
  var note = document.getElementById('gone');
  note.hidden = !gone;
  note.textContent = (gone === 1 ? words.goneOne : words.goneMany).replace('{n}', gone);
}

// One document an item: what it is called, how people ask for it, what it says in short.
function read(element) {
  var title = element.querySelector('h3');
  var lead = element.querySelector('.lead');
  var item = { id: element.id, title: title.textContent, lang: title.lang, lead: lead.textContent, element: element };
  item.units = [item.title].concat(element.dataset.asks.split('\n'), item.lead).map(wordsOf).map(pieces);
  item.counts = new Map();
  item.units.forEach(function (unit, i) {
    unit.forEach(function (n, key) { add(item.counts, key, (i ? 1 : 2) * n); });
  });
  item.length = 0;
  item.counts.forEach(function (n) { item.length += n; });
  return item;
}

var items = [];
var rarity = new Map();
var average = 1;

function index() {
  items = Array.from(document.querySelectorAll('details.item')).filter(function (e) { return !e.hidden; }).map(read);
  var holders = new Map();
  items.forEach(function (item) {
    average += item.length / items.length;
    item.counts.forEach(function (n, key) { add(holders, key, 1); });
  });
  holders.forEach(function (n, key) { rarity.set(key, Math.log(1 + (items.length - n + 0.5) / (n + 0.5))); });
  items.forEach(function (item) { item.norms = item.units.map(norm); });
}

// The word of this file that a word nobody wrote here most looks like; itself where none is near.
var nearest = new Map();

function known(word) {
  if (rarity.has(word) || word.length < 4) return word;
  if (!nearest.has(word)) nearest.set(word, likest(word));
  return nearest.get(word);
}

function likest(word) {
  var wanted = new Set(runs(word));
  var best = word;
  var most = 0.54;
  rarity.forEach(function (n, other) {
    if (other[0] === '~' || Math.abs(other.length - word.length) > 3) return;
    var parts = runs(other);
    var shared = parts.filter(function (part) { return wanted.has(part); }).length;
    var alikeness = 2 * shared / (parts.length + wanted.size);
    if (alikeness > most) { best = other; most = alikeness; }
  });
  return best;
}

function weight(key) {
  return (rarity.get(key) || 0) * (key[0] === '~' ? 1 : 2);
}

function norm(unit) {
  var sum = 0;
  unit.forEach(function (n, key) { sum += weight(key) * weight(key); });
  return Math.sqrt(sum) || 1;
}

// How well an item as a whole holds the pieces asked for (BM25), from 0 up.
function holds(item, asked) {
  var sum = 0;
  asked.forEach(function (n, key) {
    var count = item.counts.get(key);
    if (count) sum += weight(key) * count * 2.2 / (count + 1.2 * (0.4 + 0.6 * item.length / average));
  });
  return sum;
}

// How alike the question is to the likest of the item's own sentences, from 0 to 1.
function alike(item, asked, size) {
  var best = 0;
  item.units.forEach(function (unit, i) {
    var sum = 0;
    asked.forEach(function (n, key) { if (unit.has(key)) sum += weight(key) * weight(key); });
    best = Math.max(best, sum / (item.norms[i] * size));
  });
  return best;
}

function search(text) {
  var asked = pieces(wordsOf(text).map(known));
  var size = norm(asked);
  var whole = 0;
  asked.forEach(function (n, key) { whole += weight(key); });
  if (!whole) return [];
  var scored = items.map(function (item) {
    return { item: item, score: holds(item, asked) / whole + 2 * alike(item, asked, size) };
  }).sort(function (a, b) { return b.score - a.score; });
  var least = Math.max(0.6, scored[0].score * 0.4);
  return scored.filter(function (row) { return row.score >= least; }).slice(0, SHOWN)
    .map(function (row) { return row.item; });
}

function element(name, text) {
  var made = document.createElement(name);
  made.textContent = text;
  return made;
}

function show(found, text) {
  results.replaceChildren.apply(results, found.map(function (item) {
    var link = element('a', item.title);
    link.href = '#' + item.id;
    link.lang = item.lang;
    var lead = element('small', item.lead);
    lead.lang = item.lang;
    var row = document.createElement('li');
    row.append(link, lead);
    return row;
  }));
  said.textContent = text.trim().length < 2 ? ''
    : !found.length ? words.none : (found.length === 1 ? words.one : words.many).replace('{n}', found.length);
}

function ask() {
  show(input.value.trim().length < 2 ? [] : search(input.value), input.value);
}

// Open what an address inside the file points to, and go there with the keyboard too.
function open() {
  var target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!target || !target.matches('details')) return;
  target.open = true;
  target.querySelector('summary').focus();
  target.scrollIntoView();
}

// Arrows walk through the results, Escape goes back to the question.
function walk(event) {
  var links = Array.from(results.querySelectorAll('a'));
  var at = links.indexOf(document.activeElement);
  var step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (event.key === 'Escape' && at >= 0) input.focus();
  else if (step && links.length && (at >= 0 || step > 0)) (links[at + step] || input).focus();
  else return;
  event.preventDefault();
}

expire(today());
index();
form.hidden = false;
input.addEventListener('input', ask);
form.addEventListener('keydown', walk);
form.addEventListener('submit', function (event) {
  event.preventDefault();
  ask();
  var first = results.querySelector('a');
  if (first) first.focus();
});
results.addEventListener('keydown', walk);
results.addEventListener('click', function (event) {
  var link = event.target.closest('a');
  if (link && link.hash === location.hash) { event.preventDefault(); open(); }
});
addEventListener('hashchange', open);
addEventListener('beforeprint', function () {
  document.querySelectorAll('details').forEach(function (e) { e.open = true; });
});
if (input.value) ask();
open();
})();
