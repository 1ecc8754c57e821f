// What every page's script shares: requests with the form's secret, words of the interface, buttons that post.
"use strict";

const csrf = document.querySelector('meta[name="csrf"]').content;

const words = {};
for (const one of document.querySelector("#words")?.content.querySelectorAll("[data-word]") ?? []) {
  words[one.dataset.word] = one.textContent;
}

function say(key, values = {}) {
  return (words[key] ?? key).replace(/\{(\w+)\}/g, (whole, name) => (name in values ? values[name] : whole));
}

async function send(path, body, more = {}) {
  const answer = await fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRF-Token": csrf },
    body: JSON.stringify(body ?? {}),
    ...more,
  });
  const tree = await answer.json().catch(() => ({}));
  if (!answer.ok) {
    const error = new Error(tree.detail ?? answer.statusText);
    error.status = answer.status;
    throw error;
  }
  return tree;
}

function make(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name === "class") node.className = value;
    else if (name.startsWith("data-") || name.startsWith("aria-") || name === "role") node.setAttribute(name, value);
    else node[name] = value;
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

function newRequest() {
  return crypto.randomUUID();
}

function cropOf(card) {
  const [x0, y0, x1, y1] = card.box;
  return `/crops/${card.document}/${card.page}.jpg?x0=${x0}&y0=${y0}&x1=${x1}&y1=${y1}`;
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-post]");
  if (!button) return;
  const answer = await send(button.dataset.post);
  if (answer.to) location.assign(answer.to);
  else location.reload();
});

document.addEventListener("htmx:configRequest", (event) => {
  event.detail.headers["X-CSRF-Token"] = csrf;
});
