// Compiles src/train/optimizers/adamw.wat to WebAssembly, as a module of base64. Run it after each change of the .wat file.
//
//     npm run wat
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import wabt from "wabt";

const folder = new URL("../src/train/optimizers/", import.meta.url);
export const text = readFileSync(new URL("adamw.wat", folder), "utf8");

/** The bytes of the module as base64. */
export async function compiled() {
  const { parseWat } = await wabt();
  const module = parseWat("adamw.wat", text, { threads: true, simd: true });
  const { buffer } = module.toBinary({});
  module.destroy();
  return Buffer.from(buffer).toString("base64");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const lines = (await compiled()).match(/.{1,100}/g);
  writeFileSync(
    new URL("adamwModule.ts", folder),
    `/** adamw.wat as WebAssembly, in base64. Written by \`npm run wat\`. */\nexport const ADAMW_MODULE =\n${lines.map((line) => `  "${line}"`).join(" +\n")};\n`,
  );
}
