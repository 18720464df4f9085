// Builds static/dist from static/snippet. The output is a program that runs inside the function which the server wraps around it.
import { build, transform } from "esbuild";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

/** A style sheet is a string in the program: minified as what it is. */
const css = {
  name: "css",
  setup(builder) {
    builder.onLoad({ filter: /\.css$/ }, async ({ path }) => {
      const { code } = await transform(await readFile(path, "utf8"), { loader: "css", minify: true, target: ["chrome100", "safari16", "firefox101"] });
      return { contents: code.trim(), loader: "text" };
    });
  },
};

export async function bundle(entry) {
  const { outputFiles } = await build({
    entryPoints: [here(entry)], bundle: true, write: false, format: "esm", target: "es2020", minify: true, legalComments: "none", charset: "utf8", plugins: [css],
  });
  // The server's function around it is the scope; whatever happens in there, the page does not hear of it but in the console.
  return `try{${outputFiles[0].text.trim()}}catch(e){console.warn("sayso:",e)}`;
}

if (process.argv[1] == fileURLToPath(import.meta.url)) {
  const { mkdir, writeFile } = await import("node:fs/promises");
  await mkdir(here("../dist"), { recursive: true });
  await writeFile(here("../dist/snippet.js"), await bundle("main.js"));
  await writeFile(here("../dist/preferences.js"), await bundle("preferences.js"));
}
