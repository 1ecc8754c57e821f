// One page of a document: its cells lit, rows by keyboard, repairs drawn on the picture.
"use strict";

const view = document.querySelector("#document");
const svg = document.querySelector("#picture");
const said = document.querySelector("#said");
const id = view.dataset.document;
const page = Number(view.dataset.page);
let height = 1414;
let drawn = null;
let start = null;

function lay() {
  svg.setAttribute("viewBox", `0 0 1000 ${height}`);
  svg.querySelector("image").setAttribute("height", height);
  for (const rect of svg.querySelectorAll(".box")) {
    const [x0, y0, x1, y1] = ["x0", "y0", "x1", "y1"].map((name) => Number(rect.dataset[name]));
    place(rect, [x0, y0, x1, y1]);
  }
}

function place(rect, [x0, y0, x1, y1]) {
  rect.setAttribute("x", x0 * 1000);
  rect.setAttribute("y", y0 * height);
  rect.setAttribute("width", (x1 - x0) * 1000);
  rect.setAttribute("height", (y1 - y0) * height);
}

if (svg) {
  const picture = new Image();
  picture.onload = () => {
    height = (1000 * picture.naturalHeight) / picture.naturalWidth;
    lay();
    svg.dataset.ready = "true";
  };
  picture.src = svg.dataset.picture;
  lay();
  svg.addEventListener("pointerdown", (event) => {
    start = at(event);
    const key = event.target.dataset?.key;
    if (key) light(key);
  });
  svg.addEventListener("pointermove", (event) => {
    if (!start) return;
    const end = at(event);
    drawn = [Math.min(start[0], end[0]), Math.min(start[1], end[1]), Math.max(start[0], end[0]), Math.max(start[1], end[1])];
    place(document.querySelector("#drawn"), drawn);
  });
  addEventListener("pointerup", () => {
    start = null;
    if (drawn && (drawn[2] - drawn[0] < 0.004 || drawn[3] - drawn[1] < 0.002)) drawn = null;
  });
}

function at(event) {
  const around = svg.getBoundingClientRect();
  const part = (value, from, size) => Math.min(Math.max((value - from) / size, 0), 1);
  return [part(event.clientX, around.left, around.width), part(event.clientY, around.top, around.height)];
}

// ── rows ─────────────────────────────────────────────────────────────────────────────────────────────────────────────
const cells = [...document.querySelectorAll(".cell[data-key]")];

function light(key, focus = true) {
  for (const rect of svg?.querySelectorAll(".box") ?? []) rect.classList.toggle("lit", rect.dataset.key === key);
  const cell = cells.find((one) => one.dataset.key === key);
  if (!cell) return;
  if (focus) cell.focus();
  cell.closest("tr")?.scrollIntoView({ block: "nearest" });
  htmx.ajax("GET", `/documents/${id}/history?key=${encodeURIComponent(key)}`, "#history");
}

document.addEventListener("focusin", (event) => {
  const key = event.target.dataset?.key;
  if (key && event.target.classList.contains("cell")) light(key, false);
});

document.addEventListener("click", (event) => {
  const row = event.target.closest("#rows tbody tr");
  if (row) row.toggleAttribute("data-chosen");
});

document.addEventListener("keydown", (event) => {
  if (document.querySelector("dialog[open]") || event.target.closest("input, select, textarea") || event.ctrlKey || event.altKey) return;
  const here = cells.indexOf(document.activeElement);
  const pages = Number(view.dataset.pages);
  if (event.key === "ArrowDown") cells[Math.min(here + 1, cells.length - 1)]?.focus();
  else if (event.key === "ArrowUp") cells[Math.max(here - 1, 0)]?.focus();
  else if (event.key === "PageDown" && page < pages) location.assign(`?page=${page + 1}`);
  else if (event.key === "PageUp" && page > 1) location.assign(`?page=${page - 1}`);
  else if (event.key === "Enter" && here >= 0) location.assign(`/review?document=${id}&key=${encodeURIComponent(cells[here].dataset.key)}`);
  else if (event.key === " " && here >= 0) cells[here].closest("tr")?.toggleAttribute("data-chosen");
  else return;
  event.preventDefault();
});

// ── orders ───────────────────────────────────────────────────────────────────────────────────────────────────────────
function chosen() {
  return [...document.querySelectorAll("#rows tr[data-chosen]")].map((row) => row.dataset.box.split(",").map(Number));
}

function orderOf(button) {
  const op = button.dataset.repair;
  const rows = chosen();
  if (op === "turn-page") return { op, page, turn: Number(button.dataset.turn) };
  if (op === "leave-out-page" || op === "take-page") return { op, page };
  if (op === "add-row") return drawn ? { op, page, box: drawn } : say("draw-first");
  if (op === "columns") {
    const [from, to] = ["#column-from", "#column-to"].map((name) => document.querySelector(name).value);
    return { op, page, roles: { [from]: to, [to]: from } };
  }
  if (op === "join-rows") return rows.length === 2 ? { op, page, boxes: rows } : say("select-two");
  if (rows.length !== 1) return say("select-row");
  if (op === "draw-cell") {
    const field = document.querySelector("#draw-field").value;
    return drawn ? { op, page, row: rows[0], field, box: drawn } : say("draw-first");
  }
  const [, y0, , y1] = rows[0];
  const cut = drawn && drawn[1] > y0 && drawn[1] < y1 ? drawn[1] : (y0 + y1) / 2;
  return { op, page, box: rows[0], at: cut };
}

async function order(path, body) {
  said.textContent = say("working");
  try {
    await send(path, { request: newRequest(), ...body });
    location.reload();
  } catch (error) {
    said.textContent = say("failed", { detail: error.message });
  }
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  if (button.dataset.repair) {
    const made = orderOf(button);
    if (typeof made === "string") said.textContent = made;
    else order(`/documents/${id}/repairs`, { order: made });
  } else if (button.dataset.undo) order(`/documents/${id}/repairs/undo`, { seq: Number(button.dataset.undo) });
  else if (button.dataset.version) order(`/documents/${id}/version`, { version: button.dataset.version, active: button.dataset.active === "true" });
  else if (button.id === "rescan") order(`/documents/${id}/rescan`, { reason: document.querySelector("#rescan-reason").value, pages: [page] });
  else if (button.dataset.head) openHead(button);
});

function openHead(button) {
  const dialog = document.querySelector("#head");
  const name = button.dataset.head;
  const field = document.querySelector("#head-text");
  document.querySelector("#head-label").textContent = button.closest("tr").querySelector("th").textContent;
  document.querySelector("#head-hint").textContent =
    say({ organisation: "organisation.type", period: "period.type", report_date: "date.type" }[name] ?? "type.text");
  field.value = "";
  field.setAttribute("list", name === "organisation" ? "places" : "");
  dialog.onclose = () => {
    if (dialog.returnValue !== "ok" || !field.value.trim()) return;
    saveHead(name, field.value.trim(), Number(button.dataset.seen));
  };
  dialog.showModal();
  field.focus();
}

async function saveHead(name, text, seen) {
  said.textContent = say("working");
  const act = { request: newRequest(), document: Number(id), key: `head/${name}`, act: "type", text, seen };
  if (name === "organisation") act.code = text.split(" ")[0];
  try {
    const { answers } = await send("/api/decisions", { acts: [act] });
    if (answers[0].state === "kept") location.reload();
    else said.textContent = say("failed", { detail: answers[0].detail ?? answers[0].theirs });
  } catch (error) {
    said.textContent = say("failed", { detail: error.message });
  }
}

if (view.dataset.key) light(view.dataset.key);
