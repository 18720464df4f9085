/**
 * Brings about the state that a frame of the gallery shows: what this visitor answered, what their browser sends, which button they pressed.
 * Runs before the snippet, and after admin/preview.js, which gives the page a memory.
 */
(() => {
  const { cookie, signals, press, unfold } = document.currentScript.dataset;
  if (cookie) document.cookie = "sayso=" + cookie;

  // Whatever this browser sends itself must not decide what is shown.
  for (const [name, value] of Object.entries({ doNotTrack: signals.includes("dnt") ? "1" : null, globalPrivacyControl: signals.includes("gpc") })) {
    Object.defineProperty(navigator, name, { value });
  }

  // What goes by itself would be gone before anybody has looked.
  const { setTimeout } = window;
  window.setTimeout = (work, delay, ...rest) => (delay > 5000 ? 0 : setTimeout(work, delay, ...rest));

  // The visitor's record: two decisions.
  const { fetch } = window;
  const decision = (day, action, granted) => ({
    received_at: `2026-${day}T10:24:00Z`, action, partners: {}, version: "0".repeat(64), version_url: "#",
    categories: { performance: granted, functional: granted, targeting: granted },
  });
  window.fetch = (address, options) => String(address).endsWith("/consents")
    ? Promise.resolve(new Response(JSON.stringify({ results: [decision("11-02", "accept_all", true), decision("06-17", "reject_all", false)] })))
    : fetch(address, options);

  const pressed = () => {
    const button = document.querySelector(`[data-sayso-action="${press}"]`);
    if (button) button.click();
    else requestAnimationFrame(pressed);
  };

  (window.sayso = window.sayso || []).push((sayso) => {
    if (press) pressed();
    if (unfold != null) sayso.on("open", () => {
      const { shadowRoot } = document.querySelector('[data-sayso-layer="preferences"]');
      for (const details of shadowRoot.querySelectorAll("details")) details.open = true;
    });
  });
})();
