import { visible } from "../../shown.js";
import { count, counted } from "../terminal/figures.js";
import { type Prediction, type PredictionFormat, segments } from "./prediction.js";

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
      const heading = begins && file !== undefined ? `<h2>${escaped(file)}</h2>\n` : "";
      return heading + paragraph(prediction, numbers);
    },
    tail() {
      const entities = [...found.values()].reduce((sum, each) => sum + each, 0);
      const byType = [...found].map(([type, each]) => `${escaped(type)} ${count(each)}`).join(", ");
      const total = `${counted(texts, "text")}, ${counted(entities, "entity", "entities")}`;
      return `</main>\n<footer>${total}${byType === "" ? "" : `: ${byType}`}</footer>\n</html>\n`;
    },
  };
}

function paragraph(prediction: Prediction, numbers: ReadonlyMap<string, number>): string {
  const { line, text, truncated } = prediction;
  if (text.trim() === "") return "";
  const parts = Array.from(segments(prediction), ({ text: part, entity }) => {
    if (entity === undefined) return escaped(part);
    const type = escaped(entity.type);
    const score = entity.score.toFixed(4);
    return `<mark class="t${numbers.get(entity.type) ?? ""}" data-type="${type}" title="${type} ${score}">${escaped(part)}</mark>`;
  });
  const number = line === undefined ? "" : ` data-line="${line}"`;
  const rest = truncated ? ' <em title="The rest was cut off.">…</em>' : "";
  return `<p dir="auto"${number}>${parts.join("")}${rest}</p>\n`;
}

/**
 * Escapes text for HTML, also marks of direction. Control characters become visible symbols, because HTML does
 * not allow them.
 */
const escaped = (text: string): string =>
  visible(text.replace(/[&<>"'\u202a-\u202e\u2066-\u2069]/g, (character) => `&#${character.charCodeAt(0)};`));

/** Returns hues that differ as much as possible, for any number of types. */
const hue = (number: number): number => Math.round(210 + number * 137.5) % 360;

function head(types: readonly string[]): string {
  const rules = types.map(
    (_, number) =>
      `.t${number}{--hue:${hue(number)}}\nbody:has(#t${number}:not(:checked)) mark.t${number}{all:unset}\nbody:has(#t${number}:not(:checked)) mark.t${number}::after{content:none}`,
  );
  const legend = types.map(
    (type, number) =>
      `<label class="t${number}"><input type="checkbox" id="t${number}" checked>${escaped(type)}</label>`,
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

const STYLE = `:root{color-scheme:light dark}
body{max-width:46rem;margin:0 auto;padding:0 1.25rem 3rem;font:17px/1.75 system-ui,sans-serif}
header{position:sticky;top:0;display:flex;flex-wrap:wrap;gap:.4rem;padding:.8rem 0;background:Canvas;border-bottom:1px solid #8884}
label,mark{--back:hsl(var(--hue,0) 90% 90%);--ink:hsl(var(--hue,0) 70% 28%);background:var(--back);color:inherit;border-radius:.35em;padding:.1em .35em}
label{font-size:.8rem;font-weight:600;color:var(--ink);cursor:pointer}
label input{margin:0 .4em 0 0;vertical-align:-.1em;accent-color:var(--ink)}
mark{-webkit-box-decoration-break:clone;box-decoration-break:clone}
mark::after{content:attr(data-type);margin-inline-start:.45em;font-size:.62em;font-weight:700;letter-spacing:.03em;color:var(--ink);vertical-align:.12em}
h2{margin:2.2rem 0 .6rem;font-size:1rem;overflow-wrap:anywhere}
p{margin:.7rem 0;white-space:pre-wrap;overflow-wrap:anywhere;position:relative}
p[data-line]::before{content:attr(data-line);position:absolute;right:calc(100% + .9rem);font-size:.7rem;line-height:2.5;opacity:.45;direction:ltr}
footer{max-width:46rem;margin-top:2rem;padding-top:.8rem;border-top:1px solid #8884;font-size:.85rem;opacity:.75}
@media (prefers-color-scheme:dark){label,mark{--back:hsl(var(--hue,0) 45% 24%);--ink:hsl(var(--hue,0) 85% 78%)}}
@media (max-width:52rem){p[data-line]::before{position:static;margin-inline-end:.6em}}`;
