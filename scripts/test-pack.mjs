// Packs the package and installs it as a user does: outside the repository, with an empty npm cache, first with
// npm's default settings, then with --ignore-scripts, then the tarball for this platform offline, from npm's cache,
// and last the package without libraries beside its platform package. Each time, the installed package trains two
// steps and tags a sentence, from the command line and from the library. The script also checks that every entry of
// package.json exists, that publint and attw find no problem, that the package works in bundles, in Bun and in
// Deno, and that node_modules of the repository stays below 400 MB.
import { spawnSync } from "node:child_process";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { problemsOf } from "./checkTarball.mjs";
import { tryPlatforms } from "./tryPlatforms.mjs";

const root = resolve(import.meta.dirname, "..");
const scratch = mkdtempSync(join(tmpdir(), "nerium-pack-"));
const cache = join(scratch, "npm-cache");
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
  const filesOf = (entry) => (typeof entry === "string" ? [entry] : Object.values(entry).flatMap(filesOf));
  const entries = filesOf(exports);
  for (const entry of [...Object.values(bin), ...entries]) {
    holds(existsSync(join(folder, entry)), `package.json names ${entry}, which is not in the package`);
    const types = join(folder, entry.replace(/\.(c?)js$/, ".d.$1ts"));
    holds(existsSync(types), `${entry} has no types beside it`);
  }
  if (!windows) holds(statSync(join(folder, bin.nerium)).mode & 0o100, "the command is not executable");
  for (const file of ["LICENSE", "THIRD-PARTY-NOTICES"])
    holds(existsSync(join(folder, file)), `${file} is not in the package`);
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

/** The size in MB of all files in a folder, without links. */
function megabytesOf(folder) {
  const bytes = readdirSync(folder, { recursive: true })
    .map((name) => lstatSync(join(folder, name)))
    .reduce((sum, { size }) => sum + size, 0);
  return bytes / 1e6;
}

/**
 * Installs tarballs in a folder of their own and tries them. `further` gets the folder, in which there is also a
 * model.
 */
async function tryInstalled(tarballs, version, flags, further = () => {}) {
  const home = mkdtempSync(join(scratch, "home-"));
  writeFileSync(join(home, "package.json"), '{ "name": "home", "private": true }\n');
  output("npm", ["install", ...flags, ...tarballs], home, { npm_config_cache: cache });
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
  await further(home);
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
import { createServer } from "nerium/serve";
if (load !== loadOnly || typeof train !== "function" || typeof seqevalScores !== "function") throw new Error("exports");
const ner = await load("model");
const entities = await ner("Anna visited Paris.");
if (!Array.isArray(entities)) throw new Error("no entities");
const server = createServer({ models: { ner }, port: 0, logLevel: "silent" });
const url = await server.listen();
await server.ready;
const body = JSON.stringify({ text: "Anna visited Paris." });
const answer = await fetch(url + "/v1/entities", { method: "POST", headers: { "content-type": "application/json" }, body });
if (!Array.isArray((await answer.json()).entities)) throw new Error("no entities over HTTP");
await server.close();
await ner.dispose();
const refused = await load("nowhere").catch((error) => error);
if (!(refused instanceof NeriumError)) throw new Error("not refused as it should be");
`;

try {
  const modules = megabytesOf(join(root, "node_modules"));
  console.log(`  node_modules has ${modules.toFixed(0)} MB`);
  holds(modules < 400, "node_modules must stay below 400 MB: install what few need in a folder of its own");
  mkdirSync(join(scratch, "tarball"));
  output("npm", ["pack", "--pack-destination", join(scratch, "tarball")], root);
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const tarball = join(scratch, "tarball", `nerium-${version}.tgz`);
  console.log(`  the package has ${(statSync(tarball).size / 1e6).toFixed(1)} MB`);
  const problems = await problemsOf(tarball);
  holds(problems.length === 0, problems.join("\n"));
  await tryInstalled([tarball], version, [], tryPlatforms);
  await tryInstalled([tarball], version, ["--ignore-scripts"]);

  const packages = join(scratch, "packages");
  const platform = `${process.platform}-${process.arch}`;
  const script = join(root, "scripts", "platform-packages.mjs");
  output(process.execPath, [script, packages, "--platform", platform], root);
  await tryInstalled([join(packages, "standalone", `nerium-${platform}.tgz`)], version, ["--offline"]);
  const parts = ["nerium", `nerium-${platform}`].map((name) =>
    join(packages, "npm", `${name}-${version}.tgz`),
  );
  await tryInstalled(parts, version, []);
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
