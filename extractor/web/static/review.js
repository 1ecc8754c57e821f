// The review screen: cards come ahead of need, keys settle them, decisions go out behind and survive a lost connection.
"use strict";

const AHEAD = 8; // cards asked for at a time
const LOW = 5; // fewer cards in hand: ask for more
const BEAT = 30000; // ms between heartbeats of leases
const RETRY = 2000; // ms until a failed save is sent again
const CHOICES = ["a", "s", "d", "f", "g"];
const LISTED = ["settle", "absent"]; // cards about several cells
const NUMBER_KEYS = /^[0-9.,%/-]$/;
const BOX = "outbox:" + (document.querySelector(".who")?.textContent.split(" ")[0] ?? "");

const stage = document.querySelector("#stage");
const place = document.querySelector("#card");
const wanted = Object.fromEntries(Object.entries(stage.dataset).map(([name, value]) => [name, value || null]));
const asked = new URLSearchParams(location.search);

const queue = [];
const history = [];
let current = null;
let typed = null; // what was typed on the card; null: untouched
let alias = false;
let shownAt = 0;
let fetching = false;
let sending = false;
let echoAt = 0;
let outbox = JSON.parse(localStorage.getItem(BOX) ?? "[]");

const nameOf = (card) => `${card.document}:${card.key}`;

// ── cards ────────────────────────────────────────────────────────────────────────────────────────────────────────────
function tokens() {
  const held = [current, ...queue].filter((card) => card?.token).map((card) => card.token);
  return [...held, ...outbox.map((act) => act.token).filter(Boolean)].slice(-100);
}

async function fetchMore() {
  if (fetching) return;
  fetching = true;
  let more = false;
  try {
    const known = new Set([current, ...queue].filter(Boolean).map(nameOf));
    const body = { ...wanted, count: AHEAD, held: tokens() };
    const first = asked.get("key") && asked.get("document");
    more = Boolean(first);
    if (first) Object.assign(body, { key: asked.get("key"), document: Number(asked.get("document")) });
    const answer = await send("/api/cards", body);
    if (first) {
      asked.delete("key");
      asked.delete("document");
      if (!answer.cards.length) notice(say("leased"));
    }
    document.querySelector("#left").textContent = answer.left;
    for (const card of answer.cards) {
      if (known.has(nameOf(card)) && card.purpose !== "gold") continue;
      if (outbox.some((act) => nameOf(act) === nameOf(card))) continue;
      card.node = build(card);
      queue.push(card);
    }
    if (!current) next();
  } catch (error) {
    if (error.status === 401) location.assign("/sign-in?to=/review");
    else setTimeout(fetchMore, RETRY);
    return;
  } finally {
    fetching = false;
  }
  if (more) fetchMore();
}

function next() {
  current = queue.shift() ?? null;
  if (!current) {
    place.replaceChildren(make("p", { class: "wait" }, say("empty")));
    place.dataset.empty = "true";
    if (!fetching) fetchSoon();
    return;
  }
  show(current);
  if (queue.length < LOW) fetchMore();
}

let soon = null;
function fetchSoon() {
  clearTimeout(soon);
  soon = setTimeout(fetchMore, outbox.length ? 300 : RETRY);
}

function show(card) {
  delete place.dataset.empty;
  typed = null;
  alias = false;
  shownAt = performance.now();
  place.replaceChildren(card.node);
  place.dataset.key = card.key;
  place.dataset.document = card.document;
  drawEntry();
}

function isTall([, top, , bottom]) {
  return bottom - top > 0.06;
}

function build(card) {
  const side = make("div", { class: "side" });
  if (card.rows.length) side.append(neighbours(card));
  if (!LISTED.includes(card.entry)) side.append(...card.related.map((rule) => ruleOf(rule, card)));
  const picture = card.page && card.box
    ? make("img", { class: isTall(card.box) ? "crop tall" : "crop", src: cropOf(card), alt: card.label, decoding: "sync" })
    : make("p", { class: "crop none" }, card.page ? `${say("page")} ${card.page}` : "");
  const looked = LISTED.includes(card.entry) && card.related.length ? related(card.related, card) : picture;
  const choices = make("ol", { class: "choices" });
  card.choices.slice(0, CHOICES.length).forEach((one, number) =>
    choices.append(make("li", {}, make("kbd", {}, CHOICES[number]), " ", one.shown)));
  return make("article", { class: `one ${card.kind}`, "data-entry": card.entry },
    make("header", {},
      make("p", { class: "where" }, [card.organisation, card.period, card.name].filter(Boolean).join(" · "),
        card.purpose === "gold" || !card.hidden ? null : make("b", {}, ` ${say("blind")}`)),
      make("h1", {}, card.code ? make("span", { class: "code" }, card.code) : null, " ", card.label),
      card.label_raw ? make("p", { class: "printed" }, `« ${card.label_raw} »`) : null,
      make("p", { class: "column" }, card.column, card.unit ? ` · ${card.unit}` : "")),
    make("div", { class: "middle" },
      make("div", { class: "look" }, looked,
        make("p", { class: "entry", role: "status" }), make("p", { class: "warnings", role: "alert" }), choices,
        make("ul", { class: "reasons" }, ...card.reasons.map((reason) => make("li", {}, reason)))),
      side));
}

function neighbours(card) {
  const table = make("table", { class: "near" });
  for (const row of card.rows) {
    table.append(make("tr", row.here ? { "aria-current": "true" } : {},
      make("td", { class: "code" }, row.code), make("td", {}, row.label),
      make("td", { class: "n" }, `${row.certain ? "" : "? "}${row.shown}`)));
  }
  return table;
}

function ruleOf(rule, card) {
  const box = make("section", { class: rule.message ? "rule broken" : "rule" });
  box.append(make("h2", {}, rule.rule, rule.message ? " ✕" : ""), rule.message ? make("p", {}, rule.message) : "");
  box.append(related(rule.cells, card));
  return box;
}

function related(cells, card) {
  const table = make("table", { class: "near" });
  for (const one of cells) {
    const row = make("tr", one.key === card.key ? { "aria-current": "true" } : {},
      make("td", { class: "code" }, one.code ?? ""), make("td", {}, one.label, one.field ? ` (${one.field})` : ""),
      make("td", { class: "n" }, `${one.certain ? "" : "? "}${one.shown}`));
    table.append(row);
    if (card.entry === "settle" && one.page && one.box) {
      const crop = make("img", { class: "small", src: cropOf({ ...one, document: card.document }), alt: one.label });
      table.append(make("tr", {}, make("td", { colSpan: 3 }, crop)));
    }
  }
  return table;
}

// ── what is typed ────────────────────────────────────────────────────────────────────────────────────────────────────
function drawEntry(echo = null) {
  const line = current.node.querySelector(".entry");
  const warnings = current.node.querySelector(".warnings");
  warnings.textContent = "";
  if (current.node.querySelector(".edit")) return;
  if (typed !== null) {
    line.replaceChildren(make("b", { class: "typed" }, typed || "∅"), " → ", make("output", {}, echo?.shown ?? "…"));
    if (echo?.unclear) warnings.textContent = say("unclear");
    else if (echo?.warnings?.length) warnings.textContent = echo.warnings.join(" ");
    return;
  }
  const question = { settle: say("settle"), version: say("version.activate"), absent: say("absent.ask") }[current.entry];
  if (question) line.replaceChildren(question);
  else if (current.hidden) line.replaceChildren(say("typed"));
  else if (current.kind === "absent") line.replaceChildren(say("absent.ask"));
  else if (current.field === "stranger") line.replaceChildren(say("row.none"));
  else if (current.kind === "adjudicate") line.replaceChildren(say("adjudicate"));
  else line.replaceChildren(make("span", { class: "raw" }, current.word?.raw || "∅"), " → ", make("output", {}, current.shown));
  if (alias) line.append(" · ", say("row.alias"));
}

async function askEcho() {
  const mine = ++echoAt;
  const card = current;
  const text = typed;
  await new Promise((done) => setTimeout(done, 60));
  if (mine !== echoAt || card !== current) return;
  try {
    const echo = await send("/api/echo", { document: card.document, key: card.key, text });
    if (mine === echoAt && card === current && typed === text) drawEntry(echo);
  } catch {
    // the echo is a help: a lost connection must not stop the typing
  }
}

function type(text) {
  typed = text;
  drawEntry();
  if (text !== null) askEcho();
}

function openEdit() {
  const line = current.node.querySelector(".entry");
  const start = typed ?? current.word?.raw ?? current.word?.text ?? "";
  const field = current.field === "note"
    ? make("textarea", { class: "edit", value: start, rows: 3 })
    : make("input", { class: "edit", value: current.entry === "row" || current.entry === "head" ? "" : start, autocomplete: "off" });
  const hint = { organisation: "organisation.type", period: "period.type", report_date: "date.type" }[current.field]
    ?? (current.entry === "row" ? "choose" : "type.text");
  field.setAttribute("aria-label", say(hint));
  line.replaceChildren(field, make("small", {}, say(hint)));
  field.focus();
  field.select();
}

function closeEdit() {
  current.node.querySelector(".edit")?.remove();
  place.closest("main").focus();
  drawEntry();
}

function saveEdit(field) {
  const text = field.value.trim();
  field.remove();
  if (current.entry === "row") settle({ act: "match", code: text.split(" ")[0], alias });
  else if (current.field === "organisation") settle({ act: "type", code: text.split(" ")[0], text });
  else settle({ act: "type", text });
}

// ── decisions ────────────────────────────────────────────────────────────────────────────────────────────────────────
function settle(act) {
  const card = current;
  const full = {
    request: newRequest(), document: card.document, key: card.key, seen: card.seen, extraction: card.extraction,
    token: card.token, purpose: card.purpose, seconds: Math.round(performance.now() - shownAt) / 1000, ...act,
  };
  outbox.push(full);
  keepOutbox();
  history.push({ card, request: full.request });
  const left = document.querySelector("#left");
  left.textContent = Math.max(0, Number(left.textContent) - 1);
  if (history.length > 50) history.shift();
  next();
  flush();
}

function accept() {
  if (typed !== null) settle({ act: "type", text: typed });
  else if (current.entry === "settle") settle({ act: "settle" });
  else if (current.entry === "version") settle({ act: "activate" });
  else if (current.entry === "absent") settle({ act: "absent" });
  else if (current.hidden || current.kind === "adjudicate") notice(say("typed"));
  else if (current.field === "stranger") settle({ act: "match", code: null, alias: false });
  else if (current.word?.state === "illegible" || current.word?.state === "unread") notice(say("unreadable"));
  else settle({ act: "confirm" });
}

function choose(number) {
  const one = current.choices[number];
  if (!one) return;
  if (one.open) openCell(one.open);
  else if (current.entry === "row") settle({ act: "match", code: one.code, alias });
  else settle({ act: "type", text: one.text });
}

async function openCell(key) {
  const from = current;
  const answer = await send("/api/cards", { document: from.document, key, held: tokens() }).catch(() => null);
  const card = answer?.cards[0];
  if (!card || current !== from) return notice(say("leased"));
  card.node = build(card);
  queue.unshift(from);
  current = card;
  return show(card);
}

function keepOutbox() {
  localStorage.setItem(BOX, JSON.stringify(outbox));
  const line = document.querySelector("#unsent");
  line.hidden = outbox.length === 0;
  line.textContent = say("unsent", { count: outbox.length });
}

async function flush() {
  if (sending || !outbox.length) return;
  sending = true;
  const batch = outbox.slice(0, 20);
  try {
    const { answers } = await send("/api/decisions", { acts: batch });
    const done = new Set(answers.map((answer) => answer.request));
    outbox = outbox.filter((act) => !done.has(act.request));
    keepOutbox();
    answers.filter((answer) => answer.state !== "kept").forEach((answer) => tell(answer, batch));
  } catch (error) {
    if (error.status === 401) location.assign("/sign-in?to=/review");
    else if (error.status === 403) notice(say("refused", { detail: error.message })); // kept: another session may send it
    else if ([413, 422].includes(error.status)) drop(batch, error);
    else setTimeout(flush, RETRY);
  } finally {
    sending = false;
  }
  if (outbox.length && navigator.onLine) setTimeout(flush, 0);
}

function drop(batch, error) {
  outbox = outbox.filter((act) => act !== batch[0]);
  keepOutbox();
  notice(say("refused", { detail: error.message }));
}

function tell(answer, batch) {
  const act = batch.find((one) => one.request === answer.request);
  const link = make("a", { href: `/documents/${act.document}?key=${encodeURIComponent(act.key)}` }, act.key);
  const mine = act.text || act.act;
  const text = answer.state === "stale" ? say("stale", { mine, theirs: answer.theirs, user: answer.user })
    : answer.state === "leased" ? say("leased") : say("refused", { detail: answer.detail ?? "" });
  notice(text, link);
}

function notice(text, link = null) {
  const box = document.querySelector("#notices");
  const line = make("p", { class: "notice", role: "alert" }, text, link ? " " : "", link);
  box.append(line);
  while (box.children.length > 4) box.firstChild.remove();
  setTimeout(() => line.remove(), 12000);
}

async function undo() {
  const last = history.pop();
  if (!last) return notice(say("nothing-to-undo"));
  const waiting = outbox.find((act) => act.request === last.request);
  if (waiting && !sending) {
    outbox = outbox.filter((act) => act !== waiting);
    keepOutbox();
  } else {
    try {
      while (outbox.some((act) => act.request === last.request)) await new Promise((done) => setTimeout(done, 50));
      const answer = await send("/api/undo", { request: last.request });
      if (answer.state !== "undone") return notice(say("refused", { detail: "" }));
      last.card.token = answer.token;
    } catch (error) {
      history.push(last);
      return notice(say("refused", { detail: error.message }));
    }
  }
  if (current) queue.unshift(current);
  current = last.card;
  show(current);
  return notice(say("undone"));
}

async function postpone() {
  const card = current;
  next();
  try {
    await send("/api/postpone", { document: card.document, key: card.key });
    notice(say("postponed"));
  } catch (error) {
    notice(say("refused", { detail: error.message }));
  }
}

// ── the whole page, the source's meaning, help ───────────────────────────────────────────────────────────────────────
function showWhole() {
  if (!current.page) return;
  const dialog = document.querySelector("#whole");
  const picture = new Image();
  picture.onload = () => {
    const height = (1000 * picture.naturalHeight) / picture.naturalWidth;
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("viewBox", `0 0 1000 ${height}`);
    const image = document.createElementNS(svg.namespaceURI, "image");
    for (const [name, value] of Object.entries({ href: picture.src, width: 1000, height })) image.setAttribute(name, value);
    svg.append(image);
    if (current.box) {
      const [x0, y0, x1, y1] = current.box;
      const rect = document.createElementNS(svg.namespaceURI, "rect");
      const sides = { x: x0 * 1000, y: y0 * height, width: (x1 - x0) * 1000, height: (y1 - y0) * height, class: "lit" };
      for (const [name, value] of Object.entries(sides)) rect.setAttribute(name, value);
      svg.append(rect);
    }
    document.querySelector("#whole-page").replaceChildren(svg);
    if (!dialog.open) dialog.showModal();
    svg.querySelector(".lit")?.scrollIntoView({ block: "center" });
  };
  picture.src = `/pictures/${current.document}/${current.page}.jpg`;
}

function askSource() {
  if (current.entry !== "number" && current.entry !== "text") return;
  const dialog = document.querySelector("#source");
  document.querySelector("#source-value").value = "";
  document.querySelector("#source-authority").value = "";
  dialog.showModal();
  document.querySelector("#source-value").focus();
}

function saveSource() {
  const value = document.querySelector("#source-value");
  const authority = document.querySelector("#source-authority");
  const missing = [value, authority].find((field) => !field.value.trim());
  if (missing) return missing.focus();
  document.querySelector("#source").close();
  return settle({ act: "source", text: value.value, authority: authority.value });
}

// ── keys ─────────────────────────────────────────────────────────────────────────────────────────────────────────────
// Nothing that is typed on a card goes through a text field, so that no input method composes there. Where one answers
// all the same with "Process" (229), the key's place on the board tells what was meant.
function keyOf(event) {
  if (event.key !== "Process" && event.keyCode !== 229) return event.key;
  const code = event.code ?? "";
  if (/^(Digit|Numpad)\d$/.test(code)) return code.at(-1);
  if (/^Key[A-Z]$/.test(code)) return code.at(-1).toLowerCase();
  return { Period: ".", Comma: ",", Minus: "-", NumpadDecimal: ",", Enter: "Enter", NumpadEnter: "Enter", Backspace: "Backspace", Escape: "Escape" }[code] ?? "";
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  const open = document.querySelector("dialog[open]");
  if (open) return dialogKey(event, open);
  const field = event.target.closest?.("input, textarea, select");
  if (field) return fieldKey(event, field);
  if (event.target.closest?.("a, button, summary") && ["Enter", " "].includes(event.key)) return undefined;
  const key = keyOf(event);
  if (key === "?") return document.querySelector("#help").showModal();
  if (!current) return key === "Backspace" ? undo() : undefined;
  return cardKey(event, key);
});

function dialogKey(event, open) {
  if (event.isComposing || event.keyCode === 229) return;
  if (open.id === "source") {
    if (event.key === "Enter") {
      event.preventDefault();
      saveSource();
    }
  } else if (["v", "?", "Enter"].includes(event.key)) {
    event.preventDefault();
    open.close();
  }
}

function fieldKey(event, field) {
  if (event.isComposing || event.keyCode === 229) return;
  if (!field.classList.contains("edit")) return;
  if (event.key === "Escape") closeEdit();
  else if (event.key === "Enter" && !event.shiftKey) {
    event.preventDefault();
    saveEdit(field);
  }
}

function cardKey(event, key) {
  const number = current.entry === "number";
  const actions = {
    Enter: accept, b: () => settle({ act: "blank" }), x: () => settle({ act: "illegible" }), n: () => settle({ act: "absent" }),
    h: postpone, w: askSource, v: showWhole, e: openEdit,
    m: () => { alias = !alias; drawEntry(); },
  };
  if (key === "Enter" && event.repeat) return;
  if (number && NUMBER_KEYS.test(key)) type((typed ?? "") + key);
  else if (key === "Backspace") typed === null ? undo() : type(typed.length > 1 ? typed.slice(0, -1) : null);
  else if (key === "Escape") type(null);
  else if (CHOICES.includes(key)) choose(CHOICES.indexOf(key));
  else if (allowed(key) && actions[key]) actions[key]();
  else return;
  event.preventDefault();
}

function allowed(key) {
  if (["b", "x", "n"].includes(key)) {
    if (["settle", "version"].includes(current.entry)) return false;
    if (["row", "absent"].includes(current.entry)) return key === "n";
    return !(current.entry === "head" && key === "n");
  }
  if (key === "m") return current.entry === "row";
  if (key === "e") return !["settle", "version", "absent"].includes(current.entry);
  return true;
}

// ── what goes on beside ──────────────────────────────────────────────────────────────────────────────────────────────
setInterval(async () => {
  const held = tokens();
  if (held.length) await send("/api/heartbeat", { tokens: held }).catch(() => {});
}, BEAT);

async function showProgress() {
  const answer = await fetch("/api/progress").then((found) => (found.ok ? found.json() : null)).catch(() => null);
  if (!answer) return;
  document.querySelector("#left").textContent = answer.left;
  const minutes = answer.minutes === null ? "–" : Math.ceil(answer.minutes);
  document.querySelector("#pace").textContent = `${say("pace", { pace: answer.pace.toFixed(1) })} · ${say("minutes", { minutes })}`;
  if (answer.gold) document.querySelector("#gold").textContent = say("gold", { wrong: answer.wrong, count: answer.gold });
}
setInterval(showProgress, BEAT);
showProgress();

addEventListener("online", flush);
addEventListener("pagehide", () => {
  const mine = [current, ...queue].filter((card) => card?.token).map((card) => card.token);
  if (mine.length) send("/api/release", { tokens: mine }, { keepalive: true }).catch(() => {});
});
document.querySelector("#filters").addEventListener("change", (event) => event.currentTarget.submit());

keepOutbox();
flush();
fetchMore();
