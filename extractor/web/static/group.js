// The group screen: what was read alike, confirmed at once; the odd one out is fixed where it stands.
"use strict";

const grid = document.querySelector("#grid");
const line = document.querySelector("#group-status");
const ROW = 4;
let cards = [];
let at = 0;
let busy = false;
let shownAt = 0;

async function load() {
  const body = { count: 24, kind: "cell", indicator: grid?.dataset.indicator || null, reading: grid?.dataset.reading || null };
  const answer = await send("/api/cards", body);
  cards = answer.cards.filter((card) => card.purpose === "review" && card.entry === "number");
  at = 0;
  shownAt = performance.now();
  grid.replaceChildren(...cards.map(tile));
  line.textContent = cards.length ? "" : say("empty");
  mark();
}

function tile(card) {
  card.act = { act: "confirm" };
  const value = make("output", {}, card.shown);
  card.value = value;
  const crop = card.box ? make("img", { src: cropOf(card), alt: card.label }) : make("span", {});
  card.node = make("div", { class: "tile", role: "option", "aria-selected": "false" }, crop, value,
    make("small", {}, [card.code, card.organisation, card.period].filter(Boolean).join(" · ")));
  return card.node;
}

function mark() {
  cards.forEach((card, number) => card.node.setAttribute("aria-selected", String(number === at)));
  cards[at]?.node.scrollIntoView({ block: "nearest" });
}

function put(act, shown) {
  cards[at].act = act;
  cards[at].value.textContent = shown;
  cards[at].node.classList.toggle("changed", act === null || act.act !== "confirm");
}

function typeMore(key) {
  const old = cards[at].act?.act === "type" ? cards[at].act.text : "";
  const text = key === "Backspace" ? old.slice(0, -1) : old + key;
  if (text) put({ act: "type", text }, text);
  else put({ act: "confirm" }, cards[at].shown);
}

async function confirmAll() {
  if (busy) return;
  busy = true;
  const seconds = Math.round((performance.now() - shownAt) / cards.length) / 1000;
  const acts = cards.filter((card) => card.act).map((card) => ({
    request: newRequest(), document: card.document, key: card.key, seen: card.seen, extraction: card.extraction,
    token: card.token, purpose: "group", seconds, ...card.act,
  }));
  const left = cards.filter((card) => !card.act && card.token).map((card) => card.token);
  try {
    const { answers } = await send("/api/decisions", { acts });
    const refused = answers.filter((answer) => answer.state !== "kept");
    if (left.length) {
      for (const card of cards.filter((one) => !one.act)) await send("/api/postpone", { document: card.document, key: card.key });
    }
    await load();
    if (refused.length) line.textContent = say("refused", { detail: refused.length });
  } catch (error) {
    line.textContent = say("refused", { detail: error.message });
  } finally {
    busy = false;
  }
}

document.addEventListener("keydown", (event) => {
  if (!grid || event.ctrlKey || event.altKey || event.metaKey || event.isComposing || !cards.length) return;
  const moves = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: ROW, ArrowUp: -ROW };
  const key = event.key === "Process" && /^(Digit|Numpad)\d$/.test(event.code) ? event.code.at(-1) : event.key;
  if (key in moves) at = Math.min(Math.max(at + moves[key], 0), cards.length - 1);
  else if (/^[0-9.,%-]$/.test(key) || key === "Backspace") typeMore(key);
  else if (key === "b") put({ act: "blank" }, "∅");
  else if (key === "x") put({ act: "illegible" }, "✕");
  else if (key === "h") put(null, "…");
  else if (key === "Escape") put({ act: "confirm" }, cards[at].shown);
  else if (key === "Enter" && !event.repeat) confirmAll();
  else return;
  event.preventDefault();
  mark();
});

addEventListener("pagehide", () => {
  const held = cards.filter((card) => card.token).map((card) => card.token);
  if (held.length) send("/api/release", { tokens: held }, { keepalive: true }).catch(() => {});
});

if (grid) {
  setInterval(() => send("/api/heartbeat", { tokens: cards.map((card) => card.token).filter(Boolean) }).catch(() => {}), 30000);
  load();
}
