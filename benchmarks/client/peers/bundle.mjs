// Bundles c15t for a browser, as a website would: minified, for production.
import { build } from "esbuild";
import { fileURLToPath } from "node:url";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

await build({
  entryPoints: [here("c15t.jsx")], outfile: here("../node_modules/.c15t.js"), bundle: true, minify: true, format: "iife", target: "es2020",
  jsx: "automatic", define: { "process.env.NODE_ENV": '"production"' }, logLevel: "error", legalComments: "none",
});
