// Tries the package of scripts/openvino-package.mjs as a user does: installs Nerium in an empty folder, then the package's
// tarball without a network, and trains and predicts with it, in bf16 too if the processor has it. It needs a build in
// dist/.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { npm } from "./npm.mjs";
import { name, packOpenvino, ToolMissing } from "./openvino-package.mjs";

const root = resolve(import.meta.dirname, "..");

const SENTENCE = "Anna B-PER\nWolff I-PER\nlives O\nin O\nBerlin B-LOC\n. O\n";

/** Returns why the package cannot be tried here, or undefined if it could. Throws if it does not work. */
export async function tryOpenvinoPackage() {
  if (`${process.platform}-${process.arch}` !== "linux-x64") return "it is for linux-x64 only";
  const scratch = mkdtempSync(join(tmpdir(), "nerium-try-openvino-"));
  try {
    const { path, size, unpackedSize } = await packOpenvino(scratch);
    console.log(`  ${name}: ${(size / 1e6).toFixed(1)} MB, ${(unpackedSize / 1e6).toFixed(1)} MB unpacked`);
    await tryPackage(scratch, path);
    return undefined;
  } catch (error) {
    if (error instanceof ToolMissing) return error.message;
    throw error;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function tryPackage(scratch, tarball) {
  const home = join(scratch, "home");
  mkdirSync(home);
  writeFileSync(join(home, "package.json"), '{ "name": "home", "private": true }\n');
  // NERIUM_OPENVINO would lead to another OpenVINO, and npm's variables to the settings of this run.
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([key]) => !/^(npm_|NERIUM_|INIT_CWD$)/i.test(key)),
  );
  const pack = ["pack", root, "--json", "--no-dry-run", "--ignore-scripts", "--pack-destination", scratch];
  const [{ filename }] = JSON.parse(await npm(pack, { cwd: scratch }));
  await npm(["install", "--prefer-offline", join(scratch, filename)], { cwd: home, env });
  await npm(["install", "--offline", tarball], { cwd: home, env });

  const nerium = (...args) => {
    const main = join(home, "node_modules", "nerium", "dist", "cli", "main.js");
    const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], {
      cwd: home,
      env,
      encoding: "utf8",
    });
    if (status !== 0) throw new Error(`nerium ${args.join(" ")} ended with ${status}\n${stdout}\n${stderr}`);
    return stdout;
  };
  const { engines, bf16Problem } = JSON.parse(nerium("devices", "--json"));
  const found = engines.find((engine) => engine.name === "openvino");
  if (found.foundBy !== name) throw new Error(`not found in the package: ${JSON.stringify(found)}`);
  const conll = join(home, "train.conll");
  writeFileSync(conll, `${SENTENCE}\n`.repeat(8));
  writeFileSync(join(home, "encoder.mjs"), encoderScript);
  const { status, stderr } = spawnSync(process.execPath, ["encoder.mjs"], {
    cwd: home,
    env,
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(stderr);
  const formats = bf16Problem === null ? ["fp32", "bf16"] : ["fp32"];
  for (const format of formats) {
    const engine = ["--engine=openvino", ...(format === "bf16" ? ["--bf16"] : [])];
    nerium(
      "train",
      "--model=corpus/encoder",
      `--train=${conll}`,
      `--output=${format}`,
      "--max-steps=2",
      "--quiet",
      ...engine,
    );
    nerium("predict", format, "--engine=openvino", `--dtype=${format}`, "Anna visited Berlin.");
    console.log(`  trained and predicted in ${format} with ${found.file.slice(home.length + 1)}`);
  }
  if (bf16Problem !== null) console.log(`  bf16 was not tried: ${bf16Problem.message}`);
}

/** The package has no public export for a random encoder, so the script imports internal files. */
const encoderScript = `
const part = (path) => import("./node_modules/nerium/dist/" + path);
const { writeQuickstartFiles } = await part("quickstart/files.js");
const { randomEncoder } = await part("quickstart/weights.js");
const { parseConfig } = await part("models/index.js");
const { writeSafetensors } = await part("safetensors/index.js");
const { config } = await writeQuickstartFiles("corpus", 1);
const weights = randomEncoder(parseConfig(JSON.parse(config), "config.json"), 1);
await writeSafetensors("corpus/encoder/model.safetensors", weights);
`;

if (process.argv[1] === import.meta.filename) {
  try {
    const missing = await tryOpenvinoPackage();
    if (missing !== undefined) console.log(`  skipped: ${missing}`);
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
