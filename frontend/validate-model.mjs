// Khronos' glTF validator over the files given as arguments: one JSON line each, with every message that is more than
// a hint. For tests and for those who bake models.
import { readFile } from "node:fs/promises";
import { validateBytes } from "gltf-validator";

for (const file of process.argv.slice(2)) {
  const report = await validateBytes(new Uint8Array(await readFile(file)), { maxIssues: 100 });
  const { numErrors, numWarnings, messages } = report.issues;
  const severe = messages.filter(({ severity }) => severity < 2);
  console.log(JSON.stringify({ file, numErrors, numWarnings, messages: severe }));
}
