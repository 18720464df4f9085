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
