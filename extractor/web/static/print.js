// The list of rescans, on paper.
"use strict";

document.querySelector("#print").addEventListener("click", () => print());
