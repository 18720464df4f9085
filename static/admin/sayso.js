/** The admin's few conveniences: copy a line, filter the library, pick a colour. Everything works without them. */

// On a phone the navigation scrolls sideways: show where one is.
for (const tab of document.querySelectorAll(".sy-tabs .is-active")) {
  const frame = tab.closest(".sy-tabs");
  frame.scrollLeft = tab.offsetLeft - frame.offsetLeft - (frame.clientWidth - tab.offsetWidth) / 2;
}

// The search above a list has words only while nothing is typed.
for (const search of document.querySelectorAll("#searchbar")) search.setAttribute("aria-label", search.placeholder);

for (const button of document.querySelectorAll("[data-sy-copy]")) {
  button.addEventListener("click", () => copy(button));
}

async function copy(button) {
  const source = document.getElementById(button.dataset.syCopy);
  const words = [...button.childNodes];
  let said = "Copied";
  try {
    await navigator.clipboard.writeText(source.textContent.trim());
  } catch {
    // No permission, or no https: the line is selected, so that it takes one key.
    getSelection().selectAllChildren(source);
    said = document.execCommand("copy") ? "Copied" : "Selected: press Ctrl C";
  }
  button.textContent = said;
  button.setAttribute("aria-live", "polite");
  setTimeout(() => button.replaceChildren(...words), 2500);
}

for (const input of document.querySelectorAll("[data-sy-filter]")) {
  const list = document.getElementById(input.dataset.syFilter);
  const none = document.querySelector(`[data-sy-none="${input.dataset.syFilter}"]`);
  const filter = () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const row of list.children) {
      row.hidden = !words.every((word) => row.dataset.words.includes(word));
      shown += row.hidden ? 0 : 1;
    }
    none.hidden = shown > 0;
  };
  input.addEventListener("input", filter);
  // Somebody may have typed before this script was there.
  filter();
}

for (const input of document.querySelectorAll("[data-sy-colour]")) {
  const picker = document.createElement("input");
  picker.type = "color";
  picker.setAttribute("aria-label", `${document.querySelector(`label[for="${input.id}"]`).textContent.trim()}: pick a colour`);
  const pair = document.createElement("span");
  pair.className = "sy-colour";
  input.replaceWith(pair);
  pair.append(picker, input);
  const follow = () => { if (/^#[0-9a-f]{6}$/i.test(input.value.trim())) picker.value = input.value.trim(); };
  follow();
  input.addEventListener("input", follow);
  picker.addEventListener("input", () => {
    input.value = picker.value;
    input.dispatchEvent(new Event("input", { bubbles: true }));
  });
}
