import type { TextReader } from "../document.js";
import { presidioInvalid } from "../errors.js";
import { Finder } from "../finder.js";
import type { Finding } from "../finding.js";
import type { LinearExpression } from "../linear/expression.js";
import { expressionOf, redactSettings } from "../options.js";
import { matchesOf, TermRecogniser } from "../recognisers/own.js";
import { ContextWords, Surroundings } from "../recognisers/surroundings.js";
import { typeNamed } from "../types.js";

/** A recogniser that a request of Presidio brings along. */
export interface AdHocRecogniser {
  readonly name: string;
  readonly type: string;
  readonly patterns: readonly { readonly regex: string; readonly score: number }[];
  readonly denyList: readonly string[];
  readonly denyListScore: number;
  /** Words that make matches of the patterns surer. */
  readonly context: readonly string[];
}

/** What `/analyze` of Presidio looks for. */
export interface AnalyzeOptions {
  /** The only types; all that the server has if not given. */
  readonly entities: readonly string[] | undefined;
  readonly threshold: number;
  readonly recognisers: readonly AdHocRecogniser[];
  /** Words that belong to the texts. */
  readonly context: readonly string[];
  readonly allow: readonly string[];
  /** Whether the list of what is allowed has regular expressions. */
  readonly allowIsRegex: boolean;
  /** `i`, `m` and `s` */
  readonly flags: string;
  /** Types of the model's entities, with the model's names. */
  readonly modelTypes: readonly string[];
  /** Of matching a pattern with a text. */
  readonly mostSteps: number;
  readonly signal: AbortSignal;
}

/** What a server finds: the types of patterns and of a model, and the names of what finds them. */
export async function supported(
  modelTypes: readonly string[],
): Promise<{ readonly types: readonly string[]; readonly recognisers: readonly string[] }> {
  const finder = await Finder.load(redactSettings("analyze", { include: ["DATE_TIME", "NUMBER"] }), false);
  return {
    types: [...new Set([...finder.types, ...modelTypes.map((name) => typeNamed(name))])].sort(),
    recognisers: ["model", ...finder.names],
  };
}

/**
 * Finds what is sensitive in texts, without overlaps. Offsets are UTF-16 units.
 *
 * @throws NeriumError REDACT_PRESIDIO_INVALID if the server has none of the types, REDACT_PATTERN_INVALID
 */
export async function analyzed(
  reader: TextReader,
  texts: readonly string[],
  options: AnalyzeOptions,
): Promise<Finding[][]> {
  const { entities, threshold, recognisers, modelTypes, mostSteps, flags, signal } = options;
  const expression = (type: string, source: string) => expressionOf(type, { source, flags }, mostSteps);
  const own = recognisers.map((each) => new AdHoc(each, (regex) => expression(each.type, regex)));
  if (entities !== undefined) {
    const known = new Set([...(await supported(modelTypes)).types, ...recognisers.map(({ type }) => type)]);
    if (!entities.some((type) => known.has(type)))
      throw presidioInvalid("there are no recognizers for these entities. See /supportedentities.");
  }
  const finder = await Finder.load(redactSettings("analyze", { only: entities }), false);
  const isAllowed = allowed(options, (regex) => expression("allow_list", regex));
  const isWanted = (finding: Finding, text: string) =>
    finding.score >= threshold &&
    (entities === undefined || entities.includes(finding.type)) &&
    !isAllowed(text.slice(finding.start, finding.end));
  const context = options.context.join(" ");
  const read = await reader.analyze(texts, { threshold, signal });
  const all: Finding[][] = [];
  for (const [index, text] of texts.entries()) {
    await new Promise((resolve) => setImmediate(resolve));
    signal.throwIfAborted();
    const found = [...finder.patterns(text, context), ...own.flatMap((each) => each.find(text, context))];
    all.push(
      finder.joined(
        text,
        found.filter((finding) => isWanted(finding, text)),
        read[index]!.entities.filter(({ start, end }) => !isAllowed(text.slice(start, end))),
      ),
    );
  }
  return all;
}

/** Returns whether a found text is on the list of what is allowed: as it is, or by regular expressions. */
function allowed(
  { allow, allowIsRegex }: AnalyzeOptions,
  expression: (source: string) => LinearExpression,
): (text: string) => boolean {
  const texts = new Set(allow);
  if (!allowIsRegex) return (text) => texts.has(text);
  const expressions = allow.map(expression);
  return (text) => expressions.some((each) => !matchesOf("allow_list", each, text).next().done);
}

/** How much surer a match is with a word of its context nearby, and how sure at least. As in Presidio. */
const MORE_WITH_CONTEXT = 0.35;
const LEAST_WITH_CONTEXT = 0.4;

/** Finds what a recogniser of a request describes. */
class AdHoc {
  private readonly patterns: readonly { readonly expression: LinearExpression; readonly score: number }[];
  private readonly terms: TermRecogniser;
  private readonly words: ContextWords;

  constructor(
    private readonly recogniser: AdHocRecogniser,
    expression: (regex: string) => LinearExpression,
  ) {
    this.patterns = recogniser.patterns.map(({ regex, score }) => ({ expression: expression(regex), score }));
    this.terms = new TermRecogniser({ [recogniser.type]: recogniser.denyList });
    this.words = new ContextWords(recogniser.context);
  }

  find(text: string, context: string): Finding[] {
    const { name, type, denyListScore } = this.recogniser;
    const common = { type, certainty: "checked", recogniser: name } as const;
    const surroundings = new Surroundings(text, context);
    const found: Finding[] = [];
    for (const { expression, score } of this.patterns)
      for (const { start, end } of matchesOf(type, expression, text)) {
        const sure = Math.min(1, Math.max(score + MORE_WITH_CONTEXT, LEAST_WITH_CONTEXT));
        const isSurer = this.words.near(surroundings, start, end);
        found.push({ ...common, start, end, score: isSurer ? sure : score });
      }
    for (const { start, end, value } of this.terms.find(text))
      found.push({ ...common, start, end, value, score: denyListScore });
    return found;
  }
}
