import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { ortVersion } from "./runtime/index.js";

const require = createRequire(import.meta.url);
const versionOf = (file: string): string =>
  (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;

/** Returns the versions of Nerium and of what it computes with. Loads ONNX Runtime's native library. */
export function versions() {
  return {
    nerium: versionOf(fileURLToPath(new URL("../package.json", import.meta.url))),
    onnxruntime: ortVersion(),
    tokenizers: versionOf(require.resolve("tokenizers/package.json")),
    node: process.versions.node,
  };
}
