import { ERROR_KINDS } from "../../evaluate/index.js";
import { score } from "../../evaluate/score.js";
import { labelRooms, segments } from "../../marks/index.js";
import { markupText } from "../../shown.js";
import type { ErrorContext, ModelReport, ReportedEntity, ReportedError } from "../facts.js";
import { count } from "../sections.js";

/** Returns the class that has the colour of a type. */
export type TypeClass = (type: string) => string;

/** The errors of a model with controls to search them. */
export function errorList(model: ModelReport, level: number, classOf: TypeClass, id: string): string {
  const { errors, moreErrors } = model;
  const total = errors.length + moreErrors;
  const heading = `<h${level}>Most confident errors</h${level}>`;
  if (total === 0) return `<section>${heading}<p>No errors.</p></section>`;
  const intro = `${count(total)} errors, the most confident first${moreErrors > 0 ? `; ${count(errors.length)} are listed` : ""}. Errors of which the model is sure are often slips of the annotators.`;
  return `<section class="error-section">
${heading}
<p>${intro}</p>
${controls(errors, id)}
<ol class="errors">
${errors.map((error) => item(error, classOf)).join("\n")}
</ol>
</section>`;
}

function controls(errors: readonly ReportedError[], id: string): string {
  const types = [...new Set(errors.flatMap(typesOf))].sort();
  const choice = (name: string, title: string, values: readonly string[]) =>
    `<div><label for="${id}-${name}">${title}</label><select id="${id}-${name}"><option value="">all</option>${values.map((value) => `<option value="${markupText(value)}">${markupText(value)}</option>`).join("")}</select></div>`;
  return `<form class="filters" hidden>
<div><label for="${id}-search">Search</label><input id="${id}-search" type="search" autocomplete="off"></div>
${choice("kind", "Kind", ERROR_KINDS)}
${choice("type", "Type", types)}
<span role="status"></span>
</form>`;
}

const typesOf = ({ gold, predicted }: ReportedError): string[] =>
  [gold, predicted].flatMap((span) => (span === undefined ? [] : [span.type]));

function item(error: ReportedError, classOf: TypeClass): string {
  const { kind, gold, predicted, confidence, file, line, context } = error;
  const named = (name: string, span: ReportedEntity | undefined): string =>
    span === undefined
      ? ""
      : `<span>${name} <span class="chip ${classOf(span.type)}" data-type="${markupText(span.type)}">${markupText(span.type)}</span>${span.text === undefined ? "" : ` ${markupText(span.text)}`}</span>`;
  const what = [
    `<b>${kind}</b>`,
    named("gold", gold),
    named("predicted", predicted),
    `<span>confidence ${score(confidence)}</span>`,
    `<span class="place">${markupText(`${file}:${line}`)}</span>`,
  ];
  const lines =
    context === undefined
      ? ""
      : `${marked("gold", context, context.gold, context.ownGold, classOf)}${marked("predicted", context, context.predicted, context.ownPredicted, classOf)}`;
  return `<li data-kind="${kind}" data-types="${markupText(typesOf(error).join("\n"))}"><p class="what">${what.filter(Boolean).join("\n")}</p>${lines}</li>`;
}

/** A sentence with its entities marked, that of the error among them. */
function marked(
  name: string,
  { words, cutBefore, cutAfter }: ErrorContext,
  entities: readonly ReportedEntity[],
  own: ReportedEntity | undefined,
  classOf: TypeClass,
): string {
  const starts: number[] = [];
  let length = 0;
  for (const word of words) {
    starts.push(length);
    length += word.length + 1;
  }
  const spans = entities.map(({ type, start, end }) => ({
    type,
    isOwn: own !== undefined && own.start === start && own.end === end && own.type === type,
    start: starts[start]!,
    end: starts[end - 1]! + words[end - 1]!.length,
  }));
  const parts = [...segments(words.join(" "), spans)];
  const rooms = labelRooms(parts);
  const shown = parts.map(({ text: part, entity }, index) => {
    if (entity === undefined) return markupText(part);
    const room = rooms[index] === 0 ? "" : ` style="--room:${rooms[index]}"`;
    const own = entity.isOwn ? " own" : "";
    return `<mark class="${classOf(entity.type)}${own}" data-type="${markupText(entity.type)}"${room}>${markupText(part)}</mark>`;
  });
  const whole = `${cutBefore ? "… " : ""}${shown.join("")}${cutAfter ? " …" : ""}`;
  return `<p class="marked"><span>${name}</span><span dir="auto">${whole}</span></p>`;
}
