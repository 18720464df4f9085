// Reads banners as JSON, [{text, buttons}], and prints what the installed autoconsent's heuristic makes of each: whether it knows the text
// as a question about cookies, and what it takes each button for. Its source is bundled here, because the package exports only the whole.
import { build } from "esbuild";
import { text } from "node:stream/consumers";

const { outputFiles: [{ text: code }] } = await build({
  entryPoints: ["node_modules/@duckduckgo/autoconsent/lib/heuristics.ts"], bundle: true, write: false, format: "esm", charset: "utf8",
});
const { checkHeuristicPatterns, classifyButtonTextRegex, isExcludedPopup } = await import("data:text/javascript;charset=utf-8," + encodeURIComponent(code));

console.log(JSON.stringify(JSON.parse(await text(process.stdin)).map(({ text, buttons }) => ({
  asks: checkHeuristicPatterns(text).patterns.length > 0 && !isExcludedPopup(text),
  buttons: buttons.map(classifyButtonTextRegex),
}))));
