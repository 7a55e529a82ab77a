// Bundles the islands, the styles and the 3D viewer into the folder given as the first argument.
import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const target = process.argv[2];
const islands = ["start", "studio", "edition", "live", "replay", "hold", "design", "photo", "room", "typeface", "lab", "timetable"].map((name) => `islands/${name}.js`);
const usual = {
  outdir: target,
  outbase: ".",
  bundle: true,
  minify: true,
  format: "esm",
  target: ["es2022", "chrome111", "safari16.4", "firefox114"],
  legalComments: "none",
  logLevel: "error",
};

const withoutDecoders = {
  name: "without-decoders",
  setup(building) {
    const file = fileURLToPath(new URL("viewer/no-decoders.js", import.meta.url));
    const decoders = /(meshopt_decoder\.module|DRACOLoader|KTX2Loader)\.js$/;
    building.onResolve({ filter: decoders }, () => ({ path: file }));
  },
};

await build({ ...usual, entryPoints: [...islands, "css/dure.css", "css/workshop.css"], external: ["*.woff2"] });
await build({
  ...usual,
  entryPoints: ["viewer/model-viewer.js"],
  // The licences of what is inside stand at its end.
  legalComments: "eof",
  plugins: [withoutDecoders],
});
await writeStyleHash();

/** The hash of the style element that the viewer puts into its shadow tree: what the page's policy must allow. */
async function writeStyleHash() {
  const template = await readFile("node_modules/@google/model-viewer/lib/template.js", "utf8");
  const styles = [...template.matchAll(/<style>([^]*?)<\/style>/g)].map(([, text]) => text);
  const built = await readFile(`${target}/viewer/model-viewer.js`, "utf8");
  if (styles.length !== 1 || /[\\$]/.test(styles[0]) || !built.includes(`<style>${styles[0]}</style>`)) {
    throw new Error("the viewer's style is not where it was: see writeStyleHash in frontend/build.mjs");
  }
  const hash = createHash("sha256").update(styles[0]).digest("base64");
  await writeFile(`${target}/viewer/style-hash.txt`, `'sha256-${hash}'\n`);
}
