// Packs the package and installs it as a user does: outside the repository, with an empty npm cache, first
// with npm's default settings and then with --ignore-scripts. On a machine that cannot reach the host that
// onnxruntime-node's install script downloads from, it also tests that the install works without that host.
// Then the installed package trains two steps and tags a sentence, from the command line and from the
// library. The script also checks that every entry of package.json exists.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const root = resolve(import.meta.dirname, "..");
const scratch = mkdtempSync(join(tmpdir(), "nerium-pack-"));
const windows = process.platform === "win32";

// npm passes settings to its scripts in environment variables. The npm started here must not see them.
const environment = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^npm_|^ONNXRUNTIME_|^NERIUM_|^INIT_CWD$/i.test(name)),
);

function output(command, args, cwd, env = {}) {
  const start = Date.now();
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd,
    env: { ...environment, ...env },
    encoding: "utf8",
    shell: windows,
  });
  const line = `${command} ${args.join(" ")}`;
  if (status !== 0) throw new Error(`${line} ended with ${status}\n${stdout}\n${stderr}`);
  console.log(`  ${((Date.now() - start) / 1000).toFixed(1)} s  ${line.slice(0, 100)}`);
  return stdout;
}

const holds = (condition, message) => {
  if (!condition) throw new Error(message);
};

/** Checks that the package contains every file that package.json refers to. */
function checkEntries(folder) {
  const { bin, exports } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  for (const entry of [...Object.values(bin), ...Object.values(exports)]) {
    holds(existsSync(join(folder, entry)), `package.json names ${entry}, which is not in the package`);
    const types = join(folder, entry.replace(/\.js$/, ".d.ts"));
    holds(existsSync(types), `${entry} has no types beside it`);
  }
  if (!windows) holds(statSync(join(folder, bin.nerium)).mode & 0o100, "the command is not executable");
  for (const file of ["LICENSE", "native/LICENSE", "native/ThirdPartyNotices.txt"]) {
    const path = file === "LICENSE" ? join(folder, file) : join(folder, "dist", file);
    holds(existsSync(path), `${file} is not in the package`);
  }
}

/**
 * Checks that only optional dependencies have an install script, since npm goes on without these if the
 * script fails.
 */
function checkScripts(home) {
  const { packages } = JSON.parse(readFileSync(join(home, "node_modules/.package-lock.json"), "utf8"));
  const breaking = Object.entries(packages).filter(([, entry]) => entry.hasInstallScript && !entry.optional);
  holds(
    breaking.length === 0,
    `install scripts that can break the install: ${breaking.map(([name]) => name)}`,
  );
}

function tryInstalled(tarball, version, flags) {
  const home = mkdtempSync(join(scratch, "home-"));
  writeFileSync(join(home, "package.json"), '{ "name": "home", "private": true }\n');
  output("npm", ["install", tarball, ...flags], home, { npm_config_cache: join(home, "empty-cache") });
  const folder = join(home, "node_modules", "nerium");
  checkEntries(folder);
  checkScripts(home);

  const nerium = (...args) => output("npx", ["--no-install", "nerium", ...args], home);
  holds(nerium("--version").trim() === version, "the command does not print its version");

  writeFileSync(join(home, "encoder.mjs"), encoderScript(folder));
  output(process.execPath, ["encoder.mjs"], home);
  nerium(
    "train",
    "--model=corpus/encoder",
    "--train=corpus/test.conll",
    "--output=model",
    "--max-steps=2",
    "--quiet",
  );
  holds(existsSync(join(home, "model", "model.safetensors")), "no model was written");
  nerium("predict", "model", "Anna_visited_Paris.");
  writeFileSync(join(home, "library.mjs"), libraryScript);
  output(process.execPath, ["library.mjs"], home);
  rmSync(home, { recursive: true, force: true });
}

/**
 * Writes the quickstart's corpus and encoder. The package has no public export for them, so the script
 * imports internal files.
 */
const encoderScript = (folder) => `
import { readFileSync } from "node:fs";
const part = (path) => import(${JSON.stringify(`${pathToFileURL(join(folder, "dist"))}/`)} + path);
const { writeQuickstartFiles } = await part("quickstart/files.js");
const { randomEncoder } = await part("quickstart/weights.js");
const { parseConfig } = await part("models/index.js");
const { writeSafetensors } = await part("safetensors/index.js");
const { config } = await writeQuickstartFiles("corpus", 1);
const weights = randomEncoder(parseConfig(JSON.parse(config), "config.json"), 1);
await writeSafetensors("corpus/encoder/model.safetensors", weights);
`;

const libraryScript = `
import { load, NeriumError, seqevalScores, train } from "nerium";
import { load as loadOnly } from "nerium/infer";
if (load !== loadOnly || typeof train !== "function" || typeof seqevalScores !== "function") throw new Error("exports");
const ner = await load("model");
const entities = await ner("Anna visited Paris.");
if (!Array.isArray(entities)) throw new Error("no entities");
await ner.dispose();
const refused = await load("nowhere").catch((error) => error);
if (!(refused instanceof NeriumError)) throw new Error("not refused as it should be");
`;

try {
  mkdirSync(join(scratch, "tarball"));
  output("npm", ["pack", "--pack-destination", join(scratch, "tarball")], root);
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const tarball = join(scratch, "tarball", `nerium-${version}.tgz`);
  console.log(`  the package has ${(statSync(tarball).size / 1e6).toFixed(1)} MB`);
  for (const flags of [[], ["--ignore-scripts"]]) tryInstalled(tarball, version, flags);
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
