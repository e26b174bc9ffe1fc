/**
 * Compares the entities that `nerium/web` finds in Chromium with those of the library on Node, for the same exported folder:
 *
 *     NERIUM_CHROMIUM=/usr/bin/chromium npm run --silent bench:web -- FOLDER valid.txt [--sentences 500] [--dtype fp32]
 *
 * Prints the number of entities of each side, the number that only one side finds, the largest difference of scores, and the time.
 * FOLDER must contain `onnx/model.onnx` (`nerium export FOLDER`).
 */
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { readDataset } from "../../src/data/index.js";
import { type Entity, load } from "../../src/infer/index.js";
import { launch, opened } from "../../test/page/chromium.js";
import { serveWebPage } from "../../test/web/webPage.js";
import { transformersJsInstalled } from "../transformers-js/start.js";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { sentences: { type: "string", default: "500" }, dtype: { type: "string", default: "fp32" } },
});
const [folder, file] = positionals;
if (folder === undefined || file === undefined || process.env.NERIUM_CHROMIUM === undefined)
  throw new Error("usage: NERIUM_CHROMIUM=… npm run --silent bench:web -- FOLDER FILE");
const missing = await transformersJsInstalled();
if (missing !== undefined) throw new Error(missing);

const { sentences } = await readDataset(file);
const texts = sentences.slice(0, Number(values.sentences)).map(({ words }) => words.join(" "));
const served = await serveWebPage(resolve(folder), resolve(import.meta.dirname, "../../dist/web"));
const browser = await launch();
const { page } = await opened(browser, `${served.url}?dtype=${values.dtype}`);
await page.waitForFunction("window.ner !== undefined", undefined, { timeout: 300_000 });
page.setDefaultTimeout(0);
let begin = performance.now();
const theirs = (await page.evaluate(`window.ner(${JSON.stringify(texts)})`)) as Entity[][];
const seconds = { browser: (performance.now() - begin) / 1000, node: 0 };
await browser.close();
served.close();

const ner = await load(folder);
begin = performance.now();
const ours = await ner(texts);
seconds.node = (performance.now() - begin) / 1000;
await ner.dispose();

const key = ({ type, start, end }: Entity) => `${type} ${start}-${end}`;
let [onlyOurs, onlyTheirs, largest] = [0, 0, 0];
ours.forEach((own, index) => {
  const found = new Map(theirs[index]!.map((entity) => [key(entity), entity.score]));
  for (const entity of own) {
    const score = found.get(key(entity));
    if (score === undefined) onlyOurs++;
    else largest = Math.max(largest, Math.abs(score - entity.score));
    found.delete(key(entity));
  }
  onlyTheirs += found.size;
});
console.log(
  `${texts.length} sentences: ${ours.flat().length} entities on Node, ${theirs.flat().length} in the browser (${values.dtype})`,
);
console.log(
  `only on Node: ${onlyOurs}, only in the browser: ${onlyTheirs}; scores differ by at most ${largest.toExponential(1)}`,
);
console.log(`${seconds.node.toFixed(1)} s on Node, ${seconds.browser.toFixed(1)} s in the browser`);
