// Bundles `nerium/web` from src/web/ into one file without imports, for browsers.
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { build } from "vite";

const root = resolve(import.meta.dirname, "..");

/** Of what the code takes from Node, only the pause is used here, as browsers have it; all else is left out with the unused code. */
const browsers = {
  name: "browsers",
  enforce: "pre",
  resolveId: (id) =>
    id === "node:timers/promises" ? "\0timers" : /^node:/.test(id) ? { id, external: true } : undefined,
  // A message comes sooner than a timer, which browsers delay.
  load: (id) =>
    id === "\0timers"
      ? `let channel;
         const waiting = [];
         export const setImmediate = () => new Promise((done) => {
           if (!channel) {
             channel = new MessageChannel();
             channel.port1.onmessage = () => waiting.shift()();
           }
           waiting.push(done);
           channel.port2.postMessage(0);
         });
         export const setTimeout = undefined;`
      : undefined,
};

/** Replaces the modules that the compiler has written into `folder` by one bundle; their types stay. */
export async function buildWeb(folder) {
  for (const name of readdirSync(folder)) if (name.endsWith(".js")) rmSync(join(folder, name));
  await build({
    root,
    configFile: false,
    envDir: false,
    publicDir: false,
    logLevel: "warn",
    plugins: [browsers],
    build: {
      lib: { entry: join(root, "src", "web", "index.ts"), formats: ["es"], fileName: () => "index.js" },
      outDir: folder,
      emptyOutDir: false,
      minify: true,
      target: "es2022",
      // Modules that only tables and functions come from; what is not used is left out.
      rolldownOptions: { treeshake: { moduleSideEffects: false }, output: { minify: true } },
    },
  });
  const text = readFileSync(join(folder, "index.js"), "utf8");
  if (/\bnode:|\bBuffer\b|\bprocess\.|^import/m.test(text)) throw new Error("dist/web/index.js needs Node");
}
