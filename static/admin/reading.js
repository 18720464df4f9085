/** Waits for a page that is being read, and shows what was found. Without it: a link to look again. */
(() => {
  const PAUSE = 1000;
  const waits = () => document.querySelector("[data-sy-reading]");

  async function look() {
    try {
      const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
      const found = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("checked");
      if (answer.ok && found && !found.matches("[data-sy-reading]")) return show(found);
    } catch {
      // Away for a moment. The link is still there.
    }
    setTimeout(look, PAUSE);
  }

  /** The line that a screen reader hears of stays, and only its words change. @param {Element} found */
  function show(found) {
    const old = waits();
    old.removeAttribute("data-sy-reading");
    const [said, ...rest] = [...document.importNode(found, true).children];
    old.firstElementChild.textContent = said.textContent;
    old.replaceChildren(old.firstElementChild, ...rest);
  }

  if (waits()) setTimeout(look, PAUSE);
})();
