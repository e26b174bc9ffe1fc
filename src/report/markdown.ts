import { markdownTable } from "../card/markdownTable.js";
import { inline } from "../card/text.js";
import { score } from "../evaluate/score.js";
import { visible } from "../shown.js";
import type { EvaluationReport, ModelReport, ReportedEntity, ReportedError } from "./facts.js";
import { type Block, commonSections, count, modelSections, type Section, type Table } from "./sections.js";

/** Errors that are listed for each model: a document for people, not all of them. */
const MOST_ERRORS = 20;

/**
 * Formats a report as Markdown, as `nerium report --markdown` does.
 *
 * @example
 * console.log(reportMarkdown(await reportModels(["my-model"], ["test.conll"])));
 */
export function reportMarkdown(report: EvaluationReport): string {
  const { models } = report;
  const single = models.length === 1;
  const own = models.flatMap((model) => [
    ...(single ? [] : [`## ${safe(model.name)}\n`]),
    ...modelSections(model).map((each) => section(each, single ? 2 : 3)),
    errorList(model, single ? 2 : 3),
  ]);
  return [
    `# Evaluation of ${models.map(({ name }) => safe(name)).join(", ")}\n`,
    ...commonSections(report).map((each) => section(each, 2)),
    ...own,
    `Made with Nerium ${report.nerium}.\n`,
  ].join("\n");
}

/** Shows a text as it is: on one line, and without marks that change its direction. */
const safe = (text: string): string => visible(inline(text));

const section = ({ title, blocks }: Section, level: number): string =>
  `${"#".repeat(level)} ${title}\n\n${blocks.map(block).filter(Boolean).join("\n")}`;

function block(each: Block): string {
  if ("paragraph" in each) return `${safe(each.paragraph)}\n`;
  if ("picture" in each) return "";
  return table("table" in each ? each.table : each.matrix);
}

const table = ({ caption, headers, rows }: Table): string =>
  `${safe(caption)}:\n\n${markdownTable(
    headers.map(safe),
    rows.map((row) => row.map(safe)),
  )}`;

function errorList({ errors, moreErrors }: ModelReport, level: number): string {
  const title = `${"#".repeat(level)} Most confident errors\n`;
  if (errors.length === 0) return `${title}\nNo errors.\n`;
  const rows = errors
    .slice(0, MOST_ERRORS)
    .map((error) => [
      score(error.confidence),
      error.kind,
      entity(error.gold),
      entity(error.predicted),
      `${error.file}:${error.line}`,
      sentence(error),
    ]);
  const all = errors.length + moreErrors;
  const headers = ["Confidence", "Kind", "Gold", "Predicted", "Place", "Sentence"];
  const hasText = errors[0]!.context !== undefined;
  const shown = hasText ? rows : rows.map((row) => row.slice(0, -1));
  return `${title}\n${Math.min(MOST_ERRORS, all)} of ${count(all)}:\n\n${markdownTable(
    hasText ? headers : headers.slice(0, -1),
    shown.map((row) => row.map(safe)),
  )}`;
}

const entity = (span: ReportedEntity | undefined): string =>
  span === undefined ? "" : span.text === undefined ? span.type : `${span.type} “${span.text}”`;

function sentence({ context }: ReportedError): string {
  if (context === undefined) return "";
  const { words, cutBefore, cutAfter } = context;
  return `${cutBefore ? "… " : ""}${words.join(" ")}${cutAfter ? " …" : ""}`;
}
