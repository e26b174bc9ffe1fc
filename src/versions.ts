import { readFileSync } from "node:fs";
import { runtimeRequire } from "./installed.js";
import { ortVersion } from "./runtime/index.js";

const versionOf = (name: string): string => {
  const manifest = readFileSync(runtimeRequire().resolve(`${name}/package.json`), "utf8");
  return (JSON.parse(manifest) as { version: string }).version;
};

/** Returns the version of Nerium. */
export const ownVersion = (): string => versionOf("nerium");

/** Returns the versions of Nerium and of what it computes with. Loads ONNX Runtime's native library. */
export function versions() {
  return {
    nerium: ownVersion(),
    onnxruntime: ortVersion(),
    tokenizers: versionOf("tokenizers"),
    node: process.versions.node,
  };
}
