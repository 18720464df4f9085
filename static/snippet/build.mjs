// Builds static/dist from static/snippet. The output is a program that runs inside the function which the server wraps around it.
import { build, transform } from "esbuild";
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { minify } from "terser";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

export const FILES = { snippet: "main.js", strict: "main.js", arms: "arms.js", region: "region.js", count: "count.js", language: "language.js", block: "block.js", platform: "platform.js", onetrust: "onetrust.js", keep: "keep.js", stub: "stub.js", preferences: "preferences.js", declaration: "declaration.js", embeds: "embeds.js", notices: "notices.js", record: "record.js", returned: "welcome.js" };
// Names that only the files themselves say to each other, never the page, its DOM or the server's data: they may be short.
export const OURS = /^(decision|grants|stored|receipt|clear|el|emit|everything|guard|keep|place|present|setCookie|settle|shell|shown|unwanted|ready|welcome|declare|hold|confirm|sweep|reason|withDetails|arrive|endpoint|waiting|addScript|home|boot|elsewhere|kinds|header)$/;

/**
 * A style sheet in the fewest bytes, with a semicolon behind the last declaration of a rule too: at each of them `!important` goes in (dom.js).
 * @param {string} path
 */
async function sheet(path) {
  const { code } = await transform(await readFile(path, "utf8"), { loader: "css", minify: true, target: ["chrome100", "safari16", "firefox101"] });
  return code.trim().replace(/(?<=[^{};])}/g, ";}");
}

/** A style sheet is a string in the program: minified as what it is. */
const css = {
  name: "css",
  setup(builder) {
    builder.onLoad({ filter: /\.css$/ }, async ({ path }) => ({ contents: await sheet(path), loader: "text" }));
  },
};

/** For the variant of the first file that knows the strictest rule only. */
export const withoutLaws = {
  name: "without laws",
  setup(builder) {
    builder.onLoad({ filter: /\/laws\.js$/ }, () => ({ contents: "export const LAWS = false;", loader: "js" }));
  },
};

// In which order functions stand in the first two files: found by trying, since what is alike compresses better side by side. It is worth 40
// to 70 bytes each and means nothing else, for functions are there before anything runs. What is not named stands behind these, as in the
// sources. `node tests/snippet/order.mjs FILE SECONDS` looks for a better one.
export const ORDER = {
  "main.js": [
    "place", "emit", "parseExceptions", "parse", "choose", "get", "clear", "parseLetters", "concerns", "call", "readSignals",
    "decodeId", "guard", "uuid", "addScript", "settle", "unwanted", "style", "own", "fill", "encodeId", "attach", "report", "ask",
    "shell", "after", "look", "sync", "el", "run", "format", "dashed", "copyOfGrants", "choose2", "allows", "judge", "details", "show",
    "apply", "reserve", "keep", "tell", "sweep", "change", "lifetime", "present", "button", "open", "load", "revive", "settleIn",
    "boot", "translator", "begin",
  ],
  "preferences.js": [
    "act", "counted", "withFile", "away", "matches", "table", "date", "forget", "follow", "category", "toggle", "company", "say",
    "links", "pagesOf", "article", "places", "record", "dotted", "finish", "opened", "isHonoured", "leave",
  ],
};

/** All modules of a file as one, in plain names. @param {keyof typeof FILES} name @returns {Promise<string>} */
export async function bundled(name) {
  // The same short names in every file: they talk to each other.
  let mangleCache = {};
  let text = "";
  for (const [each, entry] of Object.entries(FILES)) {
    const built = await build({
      entryPoints: [here(entry)], bundle: true, write: false, format: "esm", target: "es2020", legalComments: "none", charset: "utf8", plugins: each == "strict" ? [css, withoutLaws] : [css],
      minifySyntax: true, mangleProps: OURS, mangleCache,
    });
    mangleCache = built.mangleCache;
    if (each == name) text = built.outputFiles[0].text;
  }
  return text;
}

/** The same in the fewest words, its names still plain. @param {keyof typeof FILES} name @returns {Promise<string>} */
export async function compressed(name) {
  const compress = { passes: 3, keep_fargs: false, lhs_constants: false, unsafe_arrows: true, unsafe_methods: true };
  const { code } = await minify(await bundled(name), { module: true, ecma: 2020, compress, mangle: false, format: { ecma: 2020 } });
  return code;
}

/** With short names, and around it what the page does not hear of. @param {string} text @param {string[]} order @returns {Promise<string>} */
export async function shortened(text, order) {
  const { ast } = await minify(text, { module: true, ecma: 2020, compress: false, mangle: false, format: { ast: true, code: false } });
  const rank = ({ TYPE, name }) => TYPE == "Defun" && order.includes(name.name) ? order.indexOf(name.name) : order.length;
  ast.body.sort((one, other) => rank(one) - rank(other));
  // Its names repeat more than esbuild's, which is what compression lives on: two to three per cent less to load.
  const { code } = await minify(ast, { module: true, ecma: 2020, compress: false, format: { ecma: 2020 } });
  // The server's function around it is the scope; whatever happens in there, the page does not hear of it but in the console.
  return `try{${code}}catch(e){console.warn("sayso:",e)}`;
}

/** @param {keyof typeof FILES} name @returns {Promise<string>} */
export const bundle = async (name) => shortened(await compressed(name), ORDER[FILES[name]] || []);

/** What a layout adds to the first file's style sheet. @param {string} name */
export const layout = (name) => sheet(here(`layouts/${name}.css`));

export const LAYOUTS = ["bar", "centre"];

/** The page that checks receipts, in one file. Its policy names its own style and script by hash and lets nothing else in or out. */
export async function verifyPage() {
  const from = (path) => here(`../verify/${path}`);
  const built = await build({ entryPoints: [from("page.js")], bundle: true, write: false, format: "esm", target: "es2022", minify: true, legalComments: "none", charset: "utf8" });
  const script = built.outputFiles[0].text.trim();
  const { code } = await transform(await readFile(from("page.css"), "utf8"), { loader: "css", minify: true });
  const style = code.trim();
  if (/<\/(script|style)/i.test(script + style)) throw new Error("The page would end its own script.");
  const hash = (text) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
  const policy = `default-src 'none'; script-src ${hash(script)}; style-src ${hash(style)}; img-src data:; base-uri 'none'; form-action 'none'`;
  // In the page as well, lest a browser ask the platform for one.
  const icon = "data:image/svg+xml;base64," + (await readFile(here("../pages/icon.svg"))).toString("base64");
  const parts = { POLICY: policy, ICON: icon, STYLE: style, SCRIPT: script };
  return (await readFile(from("page.html"), "utf8")).replace(/POLICY|ICON|STYLE|SCRIPT/g, (name) => parts[name]);
}

if (process.argv[1] == fileURLToPath(import.meta.url)) {
  const { mkdir, writeFile } = await import("node:fs/promises");
  await mkdir(here("../dist"), { recursive: true });
  for (const name of Object.keys(FILES)) await writeFile(here(`../dist/${name}.js`), await bundle(name));
  for (const name of LAYOUTS) await writeFile(here(`../dist/${name}.css`), await layout(name));
  await writeFile(here("../dist/verify.html"), await verifyPage());
}
