// `npm run build`: compiles src/ to dist/, builds the pages of the server, the dashboard and the review into dist/page/,
// dist/dashboard-page/ and dist/review-page/, and bundles dist/web/ for browsers. It empties dist/ first, so that deleted files do not stay in the
// package. The engine's libraries in dist/native/ are kept: scripts/vendor-onnxruntime.mjs puts them there.
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, readdirSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { buildPage } from "./page.mjs";
import { setup } from "./vendor-onnxruntime.mjs";
import { buildWeb } from "./web.mjs";

const root = resolve(import.meta.dirname, "..");
const dist = join(root, "dist");
const main = join(dist, "cli", "main.js");

await setup();
console.error("Building dist/ …");
if (existsSync(dist)) {
  for (const entry of readdirSync(dist)) {
    if (entry !== "native") rmSync(join(dist, entry), { recursive: true });
  }
}
const tsc = join(root, "node_modules", "typescript", "bin", "tsc");
const { status } = spawnSync(process.execPath, [tsc, "-p", "tsconfig.build.json"], {
  cwd: root,
  stdio: "inherit",
});
if (status === 0 && existsSync(main)) chmodSync(main, 0o755);
if (status === 0) {
  await buildPage(join(dist, "page"));
  await buildPage(join(dist, "dashboard-page"), "dashboard");
  await buildPage(join(dist, "review-page"), "review");
  await buildWeb(join(dist, "web"));
}
process.exitCode = status ?? 1;
