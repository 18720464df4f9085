/** Draws the charts of a website's numbers with Chart.js, which the theme brings along. The tables below them say the same without it. */
/* global Chart */
const { charts, markers } = JSON.parse(document.getElementById("sy-charts")?.textContent || '{"charts": [], "markers": []}');
const drawn = new Map();
const PARTS = [["accepted", "Accepted all"], ["some", "Chose some"], ["refused", "Refused"]];

/** Colours come from the style sheet, which knows the dark scheme and forced colours. */
function colour(name) {
  const probe = document.createElement("span");
  probe.className = `sy-probe is-${name}`;
  document.body.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

function dayWords(iso, step) {
  const shape = step === "month" ? { month: "short", year: "numeric" } : { day: "numeric", month: "short" };
  return new Intl.DateTimeFormat("en-GB", { ...shape, timeZone: "UTC" }).format(new Date(`${iso}T00:00:00Z`));
}

/** A line where a version began to be shown, with its number. */
const versions = {
  id: "versions",
  afterDatasetsDraw(chart) {
    const { ctx, chartArea, scales, data } = chart;
    const keys = data.keys || [];
    ctx.save();
    ctx.strokeStyle = ctx.fillStyle = colour("soft");
    ctx.setLineDash([3, 4]);
    ctx.font = "12px system-ui, sans-serif";
    let last = -Infinity;
    for (const { at, label } of markers) {
      const place = keys.findIndex((key, index) => key <= at && (index + 1 === keys.length || keys[index + 1] > at));
      if (place < 0) continue;
      const x = scales.x.getPixelForValue(place);
      ctx.beginPath();
      ctx.moveTo(x, chartArea.top);
      ctx.lineTo(x, chartArea.bottom);
      ctx.stroke();
      // Words over words say nothing: all versions are listed below the chart.
      if (x - last < 64) continue;
      const isLate = x > chartArea.right - 60;
      ctx.textAlign = isLate ? "right" : "left";
      ctx.fillText(label, x + (isLate ? -4 : 4), chartArea.top - 5);
      last = x;
    }
    ctx.restore();
  },
};

/** A picture needs a ground. */
const paper = {
  id: "paper",
  beforeDraw({ ctx, width, height }) {
    ctx.save();
    ctx.fillStyle = colour("paper");
    ctx.fillRect(0, 0, width, height);
    ctx.restore();
  },
};

function settings({ kind, points, step }) {
  const ink = colour("ink"), soft = colour("soft"), grid = colour("line"), brand = colour("brand"), band = colour("band");
  const isTime = kind !== "bars", isShare = kind !== "stack";
  const axis = { ticks: { color: soft, maxRotation: 0, autoSkipPadding: 16 }, grid: { color: grid }, border: { display: false } };
  const share = { ...axis, min: 0, max: 100, ticks: { ...axis.ticks, callback: (value) => `${value} %` } };
  const names = { ...axis, grid: { display: false } };
  const solid = (name, label) => ({ label, data: points.map((point) => point[name]), backgroundColor: colour(name), borderColor: colour("paper"), borderWidth: 1, stack: "all" });
  const line = (name, more) => ({ data: points.map((point) => point[name]), pointRadius: 0, borderWidth: 0, ...more });
  const datasets = {
    line: () => [
      line("share", { label: "Said yes", borderColor: brand, backgroundColor: brand, borderWidth: 2, pointRadius: points.length > 40 ? 0 : 3 }),
      line("low", { label: "low" }),
      line("high", { label: "high", fill: "-1", backgroundColor: band }),
    ],
    stack: () => PARTS.map(([name, label]) => solid(name, label)),
    bars: () => [line("share", { label: "Said yes", backgroundColor: brand, barPercentage: 0.7, maxBarThickness: 22 })],
  }[kind]();
  const data = { labels: points.map(({ label }) => isTime ? dayWords(label, step) : label), datasets };
  if (isTime) data.keys = points.map(({ label }) => label);
  return {
    type: kind === "line" ? "line" : "bar",
    data,
    plugins: isTime ? [paper, versions] : [paper],
    options: {
      animation: false,
      maintainAspectRatio: false,
      indexAxis: kind === "bars" ? "y" : "x",
      layout: { padding: { top: isTime ? 20 : 4, right: 12 } },
      interaction: { mode: "index", intersect: false, axis: kind === "bars" ? "y" : "x" },
      scales: kind === "bars" ? { x: share, y: { ...names, ticks: { ...names.ticks, color: ink, autoSkip: false } } }
        : { x: { ...names, stacked: kind === "stack" }, y: isShare ? share : { ...axis, stacked: true, beginAtZero: true, ticks: { ...axis.ticks, precision: 0 } } },
      plugins: {
        legend: { display: kind === "stack", align: "start", labels: { color: ink, boxWidth: 12, boxHeight: 12 } },
        tooltip: {
          filter: ({ dataset }) => dataset.label !== "low" && dataset.label !== "high",
          callbacks: isShare ? { label: ({ dataIndex }) => sentence(points[dataIndex]) } : {},
        },
      },
    },
  };
}

const sentence = ({ share, low, high, n }) => `${Math.round(share)} % of ${n} said yes (95 % sure: ${Math.round(low)}–${Math.round(high)} %)`;

function draw() {
  for (const chart of drawn.values()) chart.destroy();
  for (const wanted of charts) {
    const figure = document.querySelector(`[data-sy-chart="${wanted.id}"]`);
    if (!figure) continue;
    figure.hidden = false;
    if (wanted.kind === "bars") figure.querySelector(".sy-chart-frame").style.height = `${wanted.points.length * 34 + 44}px`;
    drawn.set(wanted.id, new Chart(figure.querySelector("canvas"), settings(wanted)));
  }
}

for (const button of document.querySelectorAll("[data-sy-png]")) {
  button.addEventListener("click", () => {
    const link = document.createElement("a");
    link.href = drawn.get(button.closest("[data-sy-chart]").dataset.syChart).toBase64Image();
    link.download = button.dataset.syPng;
    link.click();
  });
}

if (typeof Chart === "function" && charts.length) {
  draw();
  new MutationObserver(draw).observe(document.documentElement, { attributeFilter: ["class"] });
  matchMedia("(forced-colors: active)").addEventListener("change", draw);
}
