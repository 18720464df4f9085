/**
 * The demonstration website's own script: gated inline tags call `demo.ran`, and a panel says what ran. No sinks: it also runs under Trusted Types.
 */
(() => {
  /** @type {string[]} */
  const ran = [];

  /** @param {string} id @param {string[]} items @param {string} none */
  function write(id, items, none) {
    const place = document.getElementById(id);
    if (place) place.textContent = items.join(", ") || none;
  }

  function refresh() {
    const panel = /** @type {HTMLElement | null} */ (document.querySelector(".panel"));
    if (!panel) return;
    const { nothing = "", undecided = "", rejected = "" } = panel.dataset;
    const names = document.cookie.split("; ").filter(Boolean).map((pair) => pair.split("=")[0]);
    write("panel-ran", ran, nothing);
    write("panel-cookies", names.filter((name) => name != "sayso"), nothing);
    const choice = window.sayso && window.sayso.get && window.sayso.get();
    const granted = choice ? Object.keys(choice.categories).filter((code) => choice.categories[code] && code != "strictly_necessary") : [];
    write("panel-choice", granted.map((code) => code.replace("_", " ")), choice && choice.decided_at ? rejected : undecided);
  }

  window.demo = {
    list: ran,
    /** A gated tag says that it runs, and sets the cookies that its partner would set. @param {HTMLScriptElement} script */
    ran(script) {
      ran.push(script.dataset.name || "");
      for (const name of (script.dataset.cookies || "").split(" ").filter(Boolean)) {
        document.cookie = name + "=demo; Path=/; SameSite=Lax; Max-Age=3600";
      }
      refresh();
    },
  };
  (window.sayso = window.sayso || []).push((sayso) => {
    sayso.on("ready", refresh);
    // What a withdrawal deletes is deleted within the same turn: look a moment later.
    sayso.on("change", () => setTimeout(refresh, 50));
  });
  document.addEventListener("DOMContentLoaded", refresh);
})();
