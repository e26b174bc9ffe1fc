import { labelRooms, MARKS, PALETTE, segments, typeHues } from "../../marks/index.js";
import { markupText } from "../../shown.js";
import { count, counted, score } from "../terminal/figures.js";
import type { Prediction, PredictionFormat } from "./prediction.js";

/**
 * A standalone HTML page without scripts or external resources. Shows the texts with their entities marked,
 * and a legend that shows and hides types.
 *
 * @param types entity types of the model
 */
export function htmlPage(types: readonly string[]): PredictionFormat {
  const numbers = new Map(types.map((type, number) => [type, number]));
  const found = new Map<string, number>();
  let texts = 0;
  let file: string | undefined;
  return {
    head: head(types),
    each(prediction) {
      texts++;
      for (const { type } of prediction.entities) found.set(type, (found.get(type) ?? 0) + 1);
      const begins = prediction.file !== file;
      file = prediction.file;
      const heading = begins && file !== undefined ? `<h2>${markupText(file)}</h2>\n` : "";
      return heading + paragraph(prediction, numbers);
    },
    tail() {
      const entities = [...found.values()].reduce((sum, each) => sum + each, 0);
      const byType = [...found].map(([type, each]) => `${markupText(type)} ${count(each)}`).join(", ");
      const total = `${counted(texts, "text")}, ${counted(entities, "entity", "entities")}`;
      return `</main>\n<footer>${total}${byType === "" ? "" : `: ${byType}`}</footer>\n</html>\n`;
    },
  };
}

function paragraph(prediction: Prediction, numbers: ReadonlyMap<string, number>): string {
  const { line, text, truncated } = prediction;
  if (text.trim() === "") return "";
  const cut = [...segments(text, prediction.entities)];
  const rooms = labelRooms(cut);
  const parts = cut.map(({ text: part, entity }, index) => {
    if (entity === undefined) return markupText(part);
    const type = markupText(entity.type);
    const title = `${type} ${score(entity.score)}`;
    const room = rooms[index] === 0 ? "" : ` style="--room:${rooms[index]}"`;
    return `<mark class="t${numbers.get(entity.type) ?? ""}" data-type="${type}" title="${title}"${room}>${markupText(part)}</mark>`;
  });
  const number = line === undefined ? "" : ` data-line="${line}"`;
  const rest = truncated ? ' <em title="The rest was cut off.">…</em>' : "";
  return `<p class="marked" dir="auto"${number}>${parts.join("")}${rest}</p>\n`;
}

function head(types: readonly string[]): string {
  const hues = typeHues(types);
  const rules = types.map(
    (type, number) =>
      `.t${number}{--hue:${hues.get(type)}}\nbody:has(#t${number}:not(:checked)) mark.t${number}{all:unset}\nbody:has(#t${number}:not(:checked)) mark.t${number}::after{content:none}`,
  );
  const legend = types.map(
    (type, number) =>
      `<label class="chip t${number}" data-type="${markupText(type)}"><input type="checkbox" id="t${number}" checked>${markupText(type)}</label>`,
  );
  return `<!doctype html>
<html lang="und">
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width">
<title>Named entities</title>
<style>
${STYLE}
${rules.join("\n")}
</style>
<body>
<header>${legend.join("\n")}</header>
<main>
`;
}

const STYLE = `${PALETTE}
${MARKS}
body{max-width:46rem;margin:0 auto;padding:0 1.25rem 3rem;background:var(--paper);color:var(--text);font:17px/1.6 system-ui,sans-serif}
header{position:sticky;top:0;z-index:1;display:flex;flex-wrap:wrap;gap:.4rem;padding:.8rem 0;background:var(--paper);border-bottom:1px solid var(--line)}
label{cursor:pointer}
label input{margin:0;accent-color:var(--ink)}
h2{margin:2.2rem 0 .6rem;font-size:1rem;overflow-wrap:anywhere}
p{margin:.7rem 0;position:relative}
p[data-line]::before{content:attr(data-line);position:absolute;right:calc(100% + .9rem);font-size:.7rem;line-height:3.2;color:var(--soft);direction:ltr}
footer{margin-top:2rem;padding-top:.8rem;border-top:1px solid var(--line);font-size:.85rem;color:var(--soft)}
@media (max-width:52rem){p[data-line]::before{position:static;margin-inline-end:.6em}}`;
