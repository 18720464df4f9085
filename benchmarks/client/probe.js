// Put into each page before anything else: watches, frame by frame, what a visitor would see. `WATCHED` comes from browser.py.
(() => {
  if (window != top) return;
  const { accept, banner, centre, tagHost, opening } = WATCHED;
  const bench = { placed: 0, visible: 0, gone: 0, clicked: 0, usable: 0, pressed: 0, shift: 0, blocking: 0, lcp: 0, lcpInBanner: false, violations: [], slow: [] };
  Object.defineProperty(window, "bench", { value: bench });

  /** @param {string} path crosses open shadow roots at ` >>> ` */
  const find = (path) => path.split(" >>> ").reduce((root, step) => root && (root.shadowRoot || root).querySelector(step), document);
  const above = (node) => node.assignedSlot || node.parentNode || node.host;
  const at = (x, y) => {
    let hit = document.elementFromPoint(x, y);
    while (hit && hit.shadowRoot && hit.shadowRoot.elementFromPoint(x, y) && hit.shadowRoot.elementFromPoint(x, y) != hit) hit = hit.shadowRoot.elementFromPoint(x, y);
    return hit;
  };
  const within = (node, element) => { for (; node; node = node.parentNode || node.host) if (node == element) return true; return false; };

  /** Where it stands and how opaque it is; empty where nobody could see and press it. */
  function stands(element) {
    if (!element || !element.isConnected) return "";
    const { x, y, width, height } = element.getBoundingClientRect();
    if (!width || !height || x + width <= 0 || y + height <= 0 || x >= innerWidth || y >= innerHeight) return "";
    let opacity = 1;
    for (let node = element; node; node = above(node)) {
      if (node.nodeType != 1) continue;
      const style = getComputedStyle(node);
      if (style.display == "none" || node == element && style.visibility != "visible") return "";
      opacity *= Number(style.opacity);
    }
    return opacity < 0.01 ? "" : [x, y, width, height, opacity].map((value) => value.toFixed(2)).join();
  }
  const pressable = (element) => {
    const { x, y, width, height } = element.getBoundingClientRect();
    return within(at(x + width / 2, y + height / 2), element);
  };

  let last = "", centreLast = "";
  function look() {
    const now = performance.now();
    const button = find(accept);
    const state = button ? stands(button) && stands(find(banner)) + "/" + stands(button) + "/" + pressable(button) : "";
    if (state && !bench.visible) bench.visible = now;
    if (state != last && !bench.clicked) bench.placed = state && state.endsWith("true") ? now : 0;
    if (bench.clicked && !bench.gone && !state) bench.gone = now;
    last = state;
    if (bench.pressed) {
      const save = find(centre);
      const seen = save ? stands(save) : "";
      if (seen != centreLast) bench.usable = seen ? now : 0;
      centreLast = seen;
    }
    requestAnimationFrame(look);
  }
  requestAnimationFrame(look);

  addEventListener("click", (event) => {
    if (!event.isTrusted) return;
    if (opening) bench.pressed = bench.pressed || event.timeStamp;
    else bench.clicked = bench.clicked || event.timeStamp;
  }, true);

  const observe = (type, take, more = {}) => new PerformanceObserver((list) => list.getEntries().forEach(take)).observe({ type, buffered: true, ...more });
  observe("layout-shift", (entry) => { if (!entry.hadRecentInput) bench.shift += entry.value; });
  observe("longtask", (entry) => { bench.blocking += Math.max(0, entry.duration - 50); });
  observe("largest-contentful-paint", (entry) => {
    bench.lcp = entry.startTime;
    const box = find(banner);
    bench.lcpInBanner = !!(entry.element && box && within(entry.element, box));
  });
  observe("event", (entry) => { if (/^(pointerdown|pointerup|click)$/.test(entry.name)) bench.slow.push([entry.name, entry.duration]); }, { durationThreshold: 16 });
  document.addEventListener("securitypolicyviolation", (event) => { bench.violations.push(event.effectiveDirective + " " + (event.blockedURI || "")); });

  /** When tags were asked for and answered. */
  bench.tags = () => performance.getEntriesByType("resource").filter(({ name }) => new URL(name).hostname.endsWith(tagHost) && name.endsWith(".js"))
    .map(({ startTime, responseEnd }) => [startTime, responseEnd]);
})();
//# sourceURL=probe.js
