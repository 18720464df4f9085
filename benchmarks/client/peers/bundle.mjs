// Bundles c15t's script and style sheet for a browser, as a website would: minified, for production.
import { build } from "esbuild";
import { fileURLToPath } from "node:url";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const bundle = (entryPoint, outfile) => build({
  entryPoints: [here(entryPoint)], outfile: here("../node_modules/" + outfile), bundle: true, minify: true, format: "iife", target: "es2020",
  jsx: "automatic", define: { "process.env.NODE_ENV": '"production"' }, logLevel: "error", legalComments: "none",
});

await bundle("c15t.jsx", ".c15t.js");
await bundle("c15t.css", ".c15t.css");
