// A smoke test of dist/ with the Node that runs it: trains three steps from the command line, tags a sentence there and
// from the library.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const dist = resolve(import.meta.dirname, "../dist");
const part = (path) => import(pathToFileURL(join(dist, path)).href);
const scratch = mkdtempSync(join(tmpdir(), "nerium-smoke-"));
const model = join(scratch, "model");

const holds = (condition, message) => {
  if (!condition) throw new Error(message);
};

function nerium(...args) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(dist, "cli/main.js"), ...args], {
    encoding: "utf8",
  });
  holds(status === 0, `nerium ${args.join(" ")} ended with ${status}\n${stdout}\n${stderr}`);
  return stdout;
}

try {
  const { writeQuickstartFiles } = await part("quickstart/files.js");
  const { randomEncoder } = await part("quickstart/weights.js");
  const { parseConfig } = await part("models/index.js");
  const { writeSafetensors } = await part("safetensors/index.js");
  const { config, encoder, test } = await writeQuickstartFiles(join(scratch, "corpus"), 1);
  const weights = randomEncoder(parseConfig(JSON.parse(config), "config.json"), 1);
  await writeSafetensors(join(encoder, "model.safetensors"), weights);

  const { version } = JSON.parse(readFileSync(resolve(dist, "../package.json"), "utf8"));
  holds(nerium("--version").trim() === version, "the command does not print its version");
  nerium("train", `--model=${encoder}`, `--train=${test}`, `--output=${model}`, "--max-steps=3", "--quiet");
  holds(existsSync(join(model, "model.safetensors")), "no model was written");
  nerium("predict", model, "Anna visited Paris.");

  const { load } = await part("index.js");
  const ner = await load(model);
  holds(Array.isArray(await ner("Anna visited Paris.")), "no entities");
  await ner.dispose();
  console.log(`Node ${process.versions.node}: the package trains and tags`);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
