/** The preview beside a form: what is typed, as visitors would meet it, before anything is saved. Works without, with what is saved. */
(() => {
  const pane = document.querySelector("[data-sy-live]");
  const form = document.querySelector("form[data-sy-tried]");
  if (!pane) return;
  const controls = pane.querySelector("form");
  const stage = pane.querySelector(".sy-live-stage");
  const note = pane.querySelector("[role=status]");
  const token = document.querySelector("[name=csrfmiddlewaretoken]");
  // In CSS pixels; a phone is as high as the window leaves room for, so that its lower edge is seen.
  const SCREENS = { phone: () => [390, Math.max(480, Math.min(640, innerHeight - 280))], desktop: () => [1120, 760] };
  const PAUSE = 350;
  let frame = stage.querySelector("iframe");
  let timer = 0;
  let asked;

  /** The chosen screen, as large as there is room for. */
  function fit() {
    const [width, height] = SCREENS[controls.elements.screen.value]();
    const scale = Math.min(1, stage.clientWidth / width);
    stage.style.height = `${Math.round(height * scale)}px`;
    for (const each of stage.children) {
      Object.assign(each.style, { width: `${width}px`, height: `${height}px`, transform: `scale(${scale})`, left: `${Math.max(0, (stage.clientWidth - width * scale) / 2)}px` });
    }
  }

  async function show() {
    asked?.abort();
    asked = new AbortController();
    const sent = form ? new FormData(form) : new FormData();
    for (const [name, value] of new FormData(controls)) sent.set(name, value);
    sent.delete("opened");
    if (!token) return;
    sent.set("csrfmiddlewaretoken", token.value);
    sent.set("edited", pane.dataset.edited);
    // Where the form can't be changed, what is saved is shown.
    if (form && !form.matches("fieldset[disabled] form")) sent.set("part", pane.dataset.part);
    try {
      const answer = await fetch(pane.dataset.syLive, { method: "POST", body: sent, signal: asked.signal });
      if (!answer.ok) throw new Error(String(answer.status));
      const { page, errors } = await answer.json();
      note.textContent = errors ? `Shown as it was before: ${errors.join(" ")}` : "";
      if (page) change(page);
    } catch (error) {
      if (error.name != "AbortError") note.textContent = "The preview can't be had at the moment. What you typed is still here; you may be logged out.";
    }
  }

  /** The old picture stays until the new one is there. @param {string} page */
  function change(page) {
    const next = document.createElement("iframe");
    for (const { name, value } of frame.attributes) if (!/^(src|srcdoc|style|class|loading)$/.test(name)) next.setAttribute(name, value);
    next.className = "is-coming";
    next.srcdoc = page;
    const typing = document.activeElement;
    next.addEventListener("load", () => {
      frame.remove();
      frame = next;
      next.className = "";
      pane.dataset.shown = String(Number(pane.dataset.shown || 0) + 1);
    }, { once: true });
    // What opens in the frame may take the focus from what is being typed.
    const back = () => { if (document.activeElement == next && typing != next) typing?.focus({ preventScroll: true }); };
    addEventListener("blur", () => setTimeout(back), { once: true });
    for (const old of stage.querySelectorAll(".is-coming")) old.remove();
    stage.append(next);
    fit();
  }

  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(show, PAUSE);
  };
  form?.addEventListener("input", soon);
  controls.addEventListener("change", ({ target }) => (target.name == "screen" ? fit() : show()));
  controls.addEventListener("submit", (event) => { event.preventDefault(); show(); });
  controls.querySelector("[data-sy-without]").hidden = true;
  pane.classList.add("is-live");
  new ResizeObserver(fit).observe(stage);
  // What a service refused stands in the form again, and is not what is saved.
  if (document.querySelector(".sy-note.is-error")) show();
})();
