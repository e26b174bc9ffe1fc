import { FRAGMENTS, NASTY_TEXTS } from "./fragments.js";
import type { Random } from "./random.js";

type Edit = (
  lines: readonly string[],
  at: number,
  random: Random,
  donor: readonly string[],
) => readonly string[];

const GAPS = [" ", "\t", "  ", " \t", "\u00a0", "", "\u2028", ",", ": "];

/** Characters of a line, or of lines, that an edit makes many of. */
const LONGEST = 200_000;

const EDITS: readonly Edit[] = [
  function remove(lines, at, random) {
    return lines.toSpliced(at, 1 + random.below(3));
  },
  function double(lines, at, random) {
    return lines.toSpliced(at, 0, ...lines.slice(at, at + 1 + random.below(4)));
  },
  function multiply(lines, at, random) {
    const count = Math.ceil(Math.min(random.of([10, 1000]), LONGEST / (lines[at]!.length + 1)));
    return lines.toSpliced(at, 0, ...Array<string>(count).fill(lines[at]!));
  },
  function join(lines, at) {
    return lines.toSpliced(at, 2, lines.slice(at, at + 2).join(""));
  },
  function exchange(lines, at, random) {
    const other = random.below(lines.length);
    return lines.with(at, lines[other]!).with(other, lines[at]!);
  },
  function regap(lines, at, random) {
    const cells = lines[at]!.split(/[ \t:]+/);
    return lines.with(at, cells.join(random.of(GAPS)));
  },
  function dropCell(lines, at, random) {
    const cells = lines[at]!.split(/(?<=[ \t])/);
    return lines.with(at, cells.toSpliced(random.below(cells.length), 1).join(""));
  },
  function setCell(lines, at, random) {
    const cells = lines[at]!.split(/([ \t]+)/);
    return lines.with(at, cells.with(random.below(cells.length), random.of(NASTY_TEXTS)).join(""));
  },
  function insert(lines, at, random) {
    const place = random.below(lines[at]!.length + 1);
    return lines.with(at, lines[at]!.slice(0, place) + random.of(FRAGMENTS) + lines[at]!.slice(place));
  },
  function newLine(lines, at, random) {
    return lines.toSpliced(at, 0, random.of(FRAGMENTS));
  },
  function lengthen(lines, at, random) {
    return lines.with(at, lines[at]!.repeat(random.of([2, 50, 2000])).slice(0, LONGEST));
  },
  function indent(lines, at, random) {
    return lines.with(at, " ".repeat(random.of([1, 2, 7, 400])) + lines[at]);
  },
  function transplant(lines, at, random, donor) {
    const from = random.below(donor.length);
    return lines.toSpliced(at, random.below(3), ...donor.slice(from, from + 1 + random.below(5)));
  },
];

/** A text with one edit to its lines. */
export function mutateLines(text: string, donor: string, random: Random): string {
  const end = random.chance(0.05) ? random.of(["\r\n", "\r", "\u2028", "\n\n"]) : "\n";
  const lines = text.split("\n");
  const at = random.below(lines.length);
  return random.of(EDITS)(lines, at, random, donor.split("\n")).join(end);
}
