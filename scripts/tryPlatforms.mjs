// Tries the installed package where people use it besides Node: in bundles of esbuild and webpack, in Bun and in
// Deno, and with require() on a Node that cannot require ES modules. docs/platforms.md lists the results. The tools
// are those of scripts/platforms/, installed on demand.
import { spawnSync } from "node:child_process";
import { readdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { promisify } from "node:util";
import { installed } from "./npm.mjs";

const tools = join(import.meta.dirname, "platforms");

/** Tags a sentence with the folder `model` beside the program. */
const program = `
import { load } from "nerium/infer";
load("model").then(async (ner) => {
  const entities = await ner("Anna visited Paris.");
  await ner.dispose();
  console.log(Array.isArray(entities) ? "tagged" : "not tagged");
});
`;

/** The native binary of a tool, of which npm installs the package for this platform only. */
function binary(scope, path) {
  const folder = join(tools, "node_modules", scope);
  return join(folder, readdirSync(folder).filter((name) => !name.endsWith("musl"))[0], path);
}

/** The bundles to try: what makes each, and the text that running it must print. */
function bundles(home) {
  const load = createRequire(join(tools, "package.json"));
  const [esbuild, webpack] = [load("esbuild"), load("webpack")];
  const entry = join(home, "program.mjs");
  const withEsbuild = (name, options) => () =>
    esbuild.build({
      ...{ entryPoints: [entry], outfile: join(home, name), bundle: true, platform: "node" },
      ...{ logLevel: "silent", ...options },
    });
  const withWebpack = (name, options) => async () => {
    const output = { path: home, filename: name };
    const config = { entry, mode: "none", target: "node20", output };
    const stats = await promisify(webpack)({
      ...config,
      ...options,
      output: { ...output, ...options.output },
    });
    if (stats.hasErrors()) throw new Error(stats.toString({ all: false, errors: true }));
  };
  const module = { experiments: { outputModule: true }, output: { module: true } };
  return [
    ["esbuild, ES module", "esbuild.mjs", withEsbuild("esbuild.mjs", { format: "esm" }), "tagged"],
    [
      "esbuild, CommonJS, nerium external",
      "esbuild-external.cjs",
      withEsbuild("esbuild-external.cjs", { format: "cjs", external: ["nerium"] }),
      "tagged",
    ],
    [
      "esbuild, CommonJS, nerium bundled",
      "esbuild.cjs",
      withEsbuild("esbuild.cjs", { format: "cjs" }),
      "Nerium was bundled as CommonJS",
    ],
    ["webpack, ES module", "webpack.mjs", withWebpack("webpack.mjs", module), "tagged"],
    ["webpack, CommonJS", "webpack.cjs", withWebpack("webpack.cjs", {}), "tagged"],
    [
      "webpack, nerium external",
      "webpack-external.mjs",
      withWebpack("webpack-external.mjs", { ...module, externals: [/^nerium(\/|$)/] }),
      "tagged",
    ],
  ];
}

/** Tries the package that is installed in `home`, beside a folder `model`. Throws at the first that fails. */
export async function tryPlatforms(home) {
  const expectPrinted = (name, command, args, expected) => {
    const { stdout, stderr, error } = spawnSync(command, args, { cwd: home, encoding: "utf8" });
    if (!`${stdout}${stderr}`.includes(expected))
      throw new Error(
        `${name} does not print "${expected}", but:\n${error?.message ?? ""}${stdout.slice(-2000)}${stderr.slice(-2000)}`,
      );
    console.log(`  ${name}: ${expected}`);
  };
  writeFileSync(join(home, "program.mjs"), program);
  writeFileSync(join(home, "required.cjs"), `console.log(typeof require("nerium").load);`);
  const noRequire = "--no-experimental-require-module";
  if (process.allowedNodeEnvironmentFlags.has(noRequire))
    expectPrinted("require()", process.execPath, ["required.cjs"], "function");
  const flags = process.allowedNodeEnvironmentFlags.has(noRequire) ? [noRequire] : [];
  expectPrinted(
    "require() without ES modules",
    process.execPath,
    [...flags, "required.cjs"],
    "await import(",
  );

  const missing = await installed(tools);
  if (missing !== undefined) return console.log(`  skipped: bundlers, Bun and Deno (${missing})`);
  for (const [name, file, bundle, expected] of bundles(home)) {
    await bundle();
    expectPrinted(name, process.execPath, [file], expected);
  }
  expectPrinted("Bun", binary("@oven", "bin/bun"), ["program.mjs"], "tagged");
  const allowed = ["--allow-read", "--allow-env", "--allow-sys", "--allow-ffi"];
  expectPrinted("Deno", binary("@deno", "deno"), ["run", ...allowed, "program.mjs"], "tagged");
}
