// Bundles the islands and the styles into the folder given as the first argument.
import { build } from "esbuild";

const target = process.argv[2];

await build({
  entryPoints: ["islands/studio.js", "islands/live.js", "islands/hold.js", "islands/design.js", "islands/photo.js", "islands/typeface.js", "css/dure.css", "css/workshop.css"],
  outdir: target,
  outbase: ".",
  bundle: true,
  minify: true,
  format: "esm",
  target: ["es2022", "chrome111", "safari16.4", "firefox114"],
  external: ["*.woff2"],
  legalComments: "none",
  logLevel: "error",
});
