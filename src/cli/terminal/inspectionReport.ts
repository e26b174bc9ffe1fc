import { basename } from "node:path";
import type { PathsReport } from "../../data/index.js";
import { visible } from "../../shown.js";
import type { Colours } from "./colours.js";
import { count } from "./figures.js";
import { fittingTable } from "./table.js";
import { wrapped } from "./wrapped.js";

interface Layout {
  /** Width that lines must fit. */
  readonly width: number;
  readonly colours: Colours;
}

/**
 * Formats the output of `nerium data inspect`: the figures of each split, then problems with the first places
 * of each.
 */
export function inspectionReport(full: PathsReport, layout: Layout): string[] {
  const report = withShortNames(full);
  const sections = [
    splitLines(report, layout),
    entityLines(report, layout),
    lengthLines(report, layout),
    ...findingSections(report, layout.colours).map((lines) =>
      lines.map((line) => wrapped(line, layout.width, "    ")),
    ),
  ];
  return sections
    .filter((lines) => lines.length > 0)
    .flatMap((lines, index) => (index === 0 ? lines : ["", ...lines]));
}

/** Names splits by their file names only, if these are all different. */
function withShortNames(report: PathsReport): PathsReport {
  const names = report.splits.map(({ name }) => basename(name));
  if (new Set(names).size < names.length) return report;
  const short = new Map(report.splits.map(({ name }, index) => [name, names[index]!]));
  const keyed = <T>(record: Readonly<Record<string, T>>) =>
    Object.fromEntries(Object.entries(record).map(([name, value]) => [short.get(name)!, value]));
  return {
    ...report,
    splits: report.splits.map((split) => ({ ...split, name: short.get(split.name)! })),
    duplicates: report.duplicates.map((found) => ({
      ...found,
      first: short.get(found.first)!,
      again: short.get(found.again)!,
    })),
    lacking: keyed(report.lacking),
    ...(report.tokens === undefined
      ? {}
      : { tokens: { ...report.tokens, splits: keyed(report.tokens.splits) } }),
  };
}

function splitLines({ splits }: PathsReport, { width }: Layout): string[] {
  const rows = [
    ["", "format", "scheme", "documents", "sentences", "words", "entities"],
    ...splits.map(({ name, format, scheme, documents, sentences, words, untagged, entities }) => [
      visible(name),
      format,
      untagged === sentences ? "no tags" : scheme,
      count(documents),
      count(sentences),
      count(words),
      count(sum(Object.values(entities))),
    ]),
  ];
  return fittingTable(rows, width);
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);

function entityLines({ splits }: PathsReport, { width, colours: { bold } }: Layout): string[] {
  const types = [...new Set(splits.flatMap(({ entities }) => Object.keys(entities)))];
  if (types.length === 0) return [];
  return [
    bold("entities by type"),
    ...fittingTable(
      [
        ["", ...splits.map(({ name }) => visible(name))],
        ...types.map((type) => [visible(type), ...splits.map(({ entities }) => count(entities[type] ?? 0))]),
      ],
      width,
      "  ",
    ),
  ];
}

function lengthLines({ splits, tokens }: PathsReport, { width, colours: { bold } }: Layout): string[] {
  const head = ["shortest", "median", "mean", "95%", "longest"];
  const figures = ({ shortest, median, mean, p95, longest }: PathsReport["splits"][number]["lengths"]) => [
    count(shortest),
    count(median),
    mean.toFixed(1),
    count(p95),
    count(longest),
  ];
  const words = [
    bold("words per sentence"),
    ...fittingTable(
      [["", ...head], ...splits.map(({ name, lengths }) => [visible(name), ...figures(lengths)])],
      width,
      "  ",
    ),
  ];
  if (tokens === undefined) return words;
  const rows = Object.entries(tokens.splits).map(([name, { tooLong, ...lengths }]) => [
    visible(name),
    ...figures(lengths),
    count(tooLong),
  ]);
  return [
    ...words,
    bold("tokens per sentence"),
    ...fittingTable([["", ...head, `over ${count(tokens.limit)}`], ...rows], width, "  "),
  ];
}

function findingSections(report: PathsReport, { bold, dim }: Colours): string[][] {
  const { violations, characters, duplicates, ambiguous, ambiguousCount, lacking, spanProblems, types } =
    report;
  const findings = (title: string, list: typeof violations) =>
    list.length === 0
      ? []
      : [bold(`${title}: ${count(sum(list.map((finding) => finding.count)))}`), ...findingLines(list, dim)];
  const leaks = duplicates.filter(({ first, again }) => first !== again);
  const inside = duplicates.filter(({ first, again }) => first === again);
  const repeated = (title: string, list: typeof duplicates) =>
    list.length === 0
      ? []
      : [
          bold(title),
          ...list.map(({ first, again, count: number, otherTags, places }) => {
            const where = first === again ? `in ${again}` : `of ${again} also in ${first}`;
            const other = otherTags > 0 ? `, ${count(otherTags)} with different tags` : "";
            return `  ${count(number)} ${visible(where)}${other}  ${dim(visible(places[0] ?? ""))}`;
          }),
        ];
  return [
    spanProblems === 0
      ? []
      : [
          bold(`entities that do not match word boundaries, or overlap: ${count(spanProblems)}`),
          "  To change and list them, run nerium convert with --policy widen or drop.",
        ],
    findings("tags that break the scheme", violations),
    repeated("sentences in more than one split (leaks)", leaks),
    repeated("repeated sentences within a split", inside),
    Object.keys(lacking).length === 0
      ? []
      : [
          bold("entity types missing from a split"),
          ...Object.entries(lacking).map(
            ([name, types]) => `  ${visible(name)}: ${visible(types.join(", "))}`,
          ),
        ],
    ambiguousCount === 0
      ? []
      : [
          bold(`names with more than one type: ${count(ambiguousCount)}`),
          ...ambiguous.slice(0, LONGEST_LIST).map(({ surface, types }) => {
            const ways = Object.entries(types).map(
              ([type, { count: number, place }]) =>
                `${visible(type)} ${count(number)} ${dim(visible(place))}`,
            );
            return `  ${visible(surface)}  ${ways.join("  ")}`;
          }),
          ...(ambiguousCount > LONGEST_LIST ? [`  … ${count(ambiguousCount - LONGEST_LIST)} more`] : []),
        ],
    findings("entity types with odd characters", types.odd),
    similarTypes(report, bold),
    types.single.length === 0
      ? []
      : [
          bold("entity types with one example"),
          ...types.single.map(({ what, places }) => `  ${visible(what)}  ${dim(visible(places.join()))}`),
        ],
    findings("suspicious characters", characters),
    unknownWords(report, { bold, dim }),
  ];
}

function similarTypes({ splits, types }: PathsReport, bold: Colours["bold"]): string[] {
  if (types.similar.length === 0) return [];
  const total = (type: string) => count(sum(splits.map(({ entities }) => entities[type] ?? 0)));
  return [
    bold("entity types that may be the same"),
    ...types.similar
      .slice(0, LONGEST_LIST)
      .map(({ a, b, why }) => `  ${visible(a)} (${total(a)}) and ${visible(b)} (${total(b)}) ${why}`),
  ];
}

function unknownWords(
  { splits, tokens }: PathsReport,
  { bold, dim }: Pick<Colours, "bold" | "dim">,
): string[] {
  if (tokens === undefined || tokens.unknown.length === 0) return [];
  return [
    bold("words with characters that the model does not know"),
    ...splits.map(({ name, words }) => {
      const { unknownWords: unknown } = tokens.splits[name]!;
      return `  ${visible(name)}: ${count(unknown)} of ${count(words)} (${((100 * unknown) / words).toFixed(2)}%)`;
    }),
    ...findingLines(tokens.unknown, dim),
  ];
}

const findingLines = (list: PathsReport["violations"], dim: Colours["dim"]): string[] =>
  list
    .slice(0, LONGEST_LIST)
    .map(
      ({ what, count: number, places }) =>
        `  ${count(number)}  ${visible(what)}  ${dim(visible(places.join(", ")))}`,
    );

const LONGEST_LIST = 10;
