// Template defects: settled once with a reason, and taken back.
"use strict";

const why = document.querySelector("#why");
let chosen = null;

async function order(path, body) {
  try {
    await send(path, { request: newRequest(), ...body });
    location.reload();
  } catch (error) {
    document.querySelector("#said").textContent = error.message;
  }
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (button?.dataset.revoke) order("/findings/revoke", { mute: Number(button.dataset.revoke) });
  else if (button && "mute" in button.dataset) {
    const { catalogue, version, rule, cells } = button.dataset;
    chosen = { catalogue, version, rule, cells };
    why.showModal();
  }
});

why.addEventListener("close", () => {
  const text = document.querySelector("#why-text").value.trim();
  if (why.returnValue === "ok" && text) order("/findings/mute", { ...chosen, why: text });
});
