/**
 * The preview's page has neither cookies nor storage nor network (its Content-Security-Policy takes them away). Here it
 * gets a memory that lasts until the page is closed, so that the engine behaves as it would on the website.
 */
const jar = new Map();
Object.defineProperty(document, "cookie", {
  get: () => [...jar].map(([name, value]) => `${name}=${value}`).join("; "),
  set(line) {
    const [pair, ...attributes] = line.split(";");
    const [name, ...value] = pair.trim().split("=");
    const ends = attributes.some((attribute) => /^\s*(max-age=(0|-)|expires=Thu, 01 Jan 1970)/i.test(attribute));
    if (ends) jar.delete(name);
    else jar.set(name, value.join("="));
  },
});

for (const area of ["localStorage", "sessionStorage"]) {
  const kept = new Map();
  Object.defineProperty(window, area, {
    value: {
      get length() { return kept.size; },
      key: (at) => [...kept.keys()][at] ?? null,
      getItem: (key) => kept.get(key) ?? null,
      setItem: (key, value) => { kept.set(key, String(value)); },
      removeItem: (key) => { kept.delete(key); },
    },
  });
}

// Nothing is recorded: every answer counts as received.
window.fetch = async () => new Response("{}", { status: 201, headers: { "Content-Type": "application/json" } });
navigator.sendBeacon = () => true;

// The files stand in the page: the first one runs, and the others are handed out as they are asked for.
const { nonce } = document.currentScript;
const { over, view, closed } = document.documentElement.dataset;

addEventListener("DOMContentLoaded", () => {
  const held = document.getElementById("files");
  if (held) begin(JSON.parse(held.textContent));
  if (over !== undefined) standOver();
});

/** @param {Record<string, string>} files */
function begin(files) {
  const append = document.head.appendChild;
  document.head.appendChild = (node) => {
    const file = node instanceof HTMLScriptElement && files[node.src.split("/").pop()];
    if (file) node.src = URL.createObjectURL(new Blob([file], { type: "text/javascript" }));
    return append.call(document.head, node);
  };
  if (view == "centre") document.addEventListener("sayso:ready", () => window.sayso.open(), { once: true });
  const first = document.createElement("script");
  first.nonce = nonce;
  first.text = files["snippet.js"];
  document.head.append(first);
}

/** Over the website's own page: tells it which parts of the frame are to be seen, so that the rest stays in its hands. */
function standOver() {
  const say = (said) => parent.postMessage({ sayso: said }, "*");
  const watch = new ResizeObserver(tell);
  let whole = false;
  function tell() {
    const boxes = [...document.querySelectorAll(".about, [data-sayso-layer]")];
    for (const box of boxes) watch.observe(box);
    whole = boxes.some((box) => box.dataset.saysoLayer == "preferences");
    const shown = whole ? [new DOMRect(0, 0, innerWidth, innerHeight)] : boxes.map((box) => box.getBoundingClientRect());
    // The shadow around a layer is a part of it.
    say(shown.map(({ x, y, width, height }) => [x - 32, y - 32, width + 64, height + 64].map(Math.round)));
  }
  new MutationObserver(tell).observe(document, { childList: true, subtree: true });
  addEventListener("resize", tell);
  document.querySelector("[data-leave]").addEventListener("click", () => say("left"));
  if (closed !== undefined) say("closed");
  tell();
}
