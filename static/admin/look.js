/** Says while colours are chosen whether everybody can read the buttons. The server says it again when the look is saved. */
import { contrastRatio, inWords, isColour, LEAST_FOR_TEXT } from "./contrast.js";

for (const scheme of ["", "dark_"]) {
  const [button, text] = ["brand_colour", "brand_text_colour"].map((name) => document.querySelector(`input[name=${scheme}${name}]`));
  const said = document.createElement("p");
  said.className = "sy-contrast";
  said.setAttribute("role", "status");
  text.closest("[data-field]").append(said);
  const say = () => {
    const colours = [button.value.trim(), text.value.trim()];
    const ratio = colours.every(isColour) ? contrastRatio(colours[0], colours[1]) : 0;
    said.classList.toggle("is-bad", ratio < LEAST_FOR_TEXT);
    if (!ratio) said.textContent = "Write both colours as # and six digits, such as #1d4ed8.";
    else if (ratio < LEAST_FOR_TEXT) said.textContent = `Contrast ${inWords(ratio)} to 1. Too little: everybody can read it only from 4.5 to 1.`;
    else said.textContent = `Contrast ${inWords(ratio)} to 1. Everybody can read it.`;
  };
  for (const input of [button, text]) input.addEventListener("input", say);
  say();
}
