// Runs the commands of a page, in order, in an empty folder: its blocks of `sh`. A command that fails ends it.
//
//     node site/try.mjs docs/first-model.md
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const root = resolve(import.meta.dirname, "..");
const [page] = process.argv.slice(2);
const blocks = [...readFileSync(join(root, page), "utf8").matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block]) => block);
if (blocks.length === 0) throw new Error(`${page} has no block of sh`);
const folder = mkdtempSync(join(tmpdir(), "nerium-page-"));
try {
  for (const block of blocks) {
    console.log(block.trimEnd());
    const program = `"${process.execPath}" "${join(root, "dist/cli/main.js")}"`;
    const start = performance.now();
    const { status, stdout, stderr } = spawnSync("sh", ["-e", "-c", block.replaceAll("npx nerium", program)], {
      cwd: folder,
      encoding: "utf8",
    });
    if (status !== 0) throw new Error(`ended with ${status}:\n${stdout}\n${stderr}`);
    if (process.env.NERIUM_SHOW) console.log(stdout + stderr);
    console.log(`  ${((performance.now() - start) / 1000).toFixed(1)} s`);
  }
} finally {
  rmSync(folder, { recursive: true });
}
