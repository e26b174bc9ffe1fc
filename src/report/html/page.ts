import { createHash } from "node:crypto";
import { score } from "../../evaluate/score.js";
import { typeHues } from "../../marks/index.js";
import { markupText } from "../../shown.js";
import type { EvaluationReport, ModelReport } from "../facts.js";
import { commonSections, modelSections } from "../sections.js";
import { section } from "./blocks.js";
import { errorList } from "./errorList.js";
import { SCRIPT } from "./script.js";
import { STYLE } from "./style.js";

/**
 * Formats a report as one HTML page that needs nothing else, as `nerium report --output` does.
 *
 * @example
 * await writeFile("report.html", reportPage(await reportModels(["my-model"], ["test.conll"])));
 */
export function reportPage(report: EvaluationReport): string {
  const { models } = report;
  const single = models.length === 1;
  const types = [...new Set(models.flatMap(({ confusion }) => confusion.types))].sort();
  const hues = typeHues(types);
  const classOf = (type: string) => `t${types.indexOf(type)}`;
  const title = `Evaluation of ${models.map(({ name }) => name).join(", ")}`;
  const level = single ? 2 : 3;
  const own = models.map((model, index) => {
    const parts = modelSections(model).map((each) => section(each, level, single ? "" : model.name));
    const heading = single ? "" : `<h2 class="model">${markupText(model.name)}</h2>\n`;
    return `${heading}${parts.join("\n")}\n${errorList(model, level, classOf, `m${index}`)}`;
  });
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src '${digest(SCRIPT)}'">
<meta name="viewport" content="width=device-width">
<title>${markupText(title)}</title>
<style>
${STYLE}
${types.map((type) => `.${classOf(type)}{--hue:${hues.get(type)}}`).join("\n")}
</style>
<body>
<header>
<h1>${markupText(title)}</h1>
</header>
<main>
${single ? bigFigures(models[0]!) : ""}
${commonSections(report)
  .map((each) => section(each, 2))
  .join("\n")}
${own.join("\n")}
</main>
<footer>Made with Nerium ${markupText(report.nerium)}.</footer>
<script>${SCRIPT}</script>
</html>
`;
}

const digest = (script: string): string => `sha256-${createHash("sha256").update(script).digest("base64")}`;

function bigFigures({ overall, strict }: ModelReport): string {
  const { f1, precision, recall, intervals } = overall;
  const figure = (name: string, value: number, [low, high]: readonly [number, number]) =>
    `<li><span>${name}</span><b>${score(value)}</b><span>${score(low)} to ${score(high)}</span></li>`;
  return `<ul class="big">
${figure("F1", f1, intervals.f1)}
${figure("Precision", precision, intervals.precision)}
${figure("Recall", recall, intervals.recall)}
<li><span>F1 strict</span><b>${score(strict.f1)}</b><span>seqeval’s strict mode</span></li>
</ul>`;
}
