import { type Instruction, program } from "./program.js";
import { Unsupported } from "./syntax.js";

/** Longer matches are not found, so that the time is linear for every expression. In UTF-16 units. */
export const LONGEST_MATCH = 256;

/** Matching a text takes more steps than allowed. */
export class TooSlow extends Error {}

/** Where an expression matches, in UTF-16 units. */
export interface Match {
  readonly start: number;
  readonly end: number;
}

/**
 * A regular expression of somebody else, matched in time that grows with the length of the text alone, whatever both
 * contain. Follows all ways through the expression at once (Pike, Thompson) instead of one after another, and prefers
 * the same match as JavaScript.
 */
export class LinearExpression {
  private readonly instructions: readonly Instruction[];
  private readonly canBegin: readonly boolean[];

  /**
   * @param flags `i`, `m` and `s` as in JavaScript; others are ignored
   * @param mostSteps for each text that is matched
   * @throws Unsupported, SyntaxError of JavaScript
   */
  constructor(
    source: string,
    flags: string,
    private readonly mostSteps = Number.POSITIVE_INFINITY,
  ) {
    // Reports what JavaScript refuses too.
    new RegExp(source, "u");
    this.instructions = program(source, flags);
    this.canBegin = beginnings(this.instructions);
  }

  /**
   * Yields matches that are not empty, from left to right. They do not overlap.
   *
   * @throws TooSlow
   */
  *matches(text: string): Generator<Match> {
    const machine = new Machine(this.instructions, text, this.canBegin);
    for (let at = 0; at < text.length; ) {
      const match = machine.next(at);
      if (machine.steps > this.mostSteps) throw new TooSlow();
      if (match === undefined) return;
      if (match.end > match.start) yield match;
      at = match.end > match.start ? match.end : match.end + lengthOf(codeAt(text, match.end));
    }
  }
}

const codeAt = (text: string, at: number): number => text.codePointAt(at) ?? -1;
const lengthOf = (code: number): number => (code > 0xffff ? 2 : 1);

/** The character that ends at this place. */
function codeBefore(text: string, at: number): number {
  if (at <= 0) return -1;
  const unit = text.charCodeAt(at - 1);
  return unit >= 0xdc00 && unit <= 0xdfff && at > 1 ? codeAt(text, at - 2) : unit;
}

/** Which characters of ASCII a match can begin with. */
function beginnings(instructions: readonly Instruction[]): boolean[] {
  const seen = new Set<number>();
  const can = new Array<boolean>(128).fill(false);
  const visit = (place: number): void => {
    if (seen.has(place)) return;
    seen.add(place);
    const instruction = instructions[place]!;
    if (instruction.op === "one") for (let code = 0; code < 128; code++) can[code] ||= instruction.test(code);
    else if (instruction.op === "split") {
      visit(instruction.first);
      visit(instruction.second);
    } else if (instruction.op === "jump") visit(instruction.to);
    else if (instruction.op === "assert") visit(place + 1);
  };
  visit(0);
  return can;
}

class Machine {
  /** Places in the program that wait for a character, and where each began; the preferred ones first. */
  private places: Int32Array;
  private begins: Int32Array;
  private count = 0;
  private nextPlaces: Int32Array;
  private nextBegins: Int32Array;
  private nextCount = 0;
  /** The step in which a place was last added. */
  private readonly seen: Int32Array;
  private step = 0;
  private readonly open: Int32Array;
  /** Places looked at so far, over all characters. */
  steps = 0;

  /** @param canBegin whether a match can begin with this character of ASCII */
  constructor(
    private readonly instructions: readonly Instruction[],
    private readonly text: string,
    private readonly canBegin: readonly boolean[],
  ) {
    const size = instructions.length;
    this.places = new Int32Array(size);
    this.begins = new Int32Array(size);
    this.nextPlaces = new Int32Array(size);
    this.nextBegins = new Int32Array(size);
    this.seen = new Int32Array(size);
    this.open = new Int32Array(2 * size + 1);
  }

  /** Returns the first match that begins at or after a place. */
  next(from: number): Match | undefined {
    let found: Match | undefined;
    this.count = 0;
    for (let at = this.skipped(from), before = codeBefore(this.text, at); ; ) {
      const code = codeAt(this.text, at);
      this.nextCount = 0;
      this.step++;
      this.steps += this.count + 1;
      // Ways that are under way come before a new one, which begins further right.
      for (let index = 0; index < this.count; index++) {
        const match = this.follow(this.places[index]!, this.begins[index]!, at, before, code);
        if (match === undefined) continue;
        found = match;
        break;
      }
      if (found === undefined) found = this.follow(0, at, at, before, code);
      if (code < 0 || (this.nextCount === 0 && found !== undefined)) return found;
      this.take(code);
      at += lengthOf(code);
      before = code;
      if (this.count > 0 || found !== undefined) continue;
      const next = this.skipped(at);
      if (next > at) before = codeBefore(this.text, next);
      at = next;
    }
  }

  /** Passes over characters with which no match begins. */
  private skipped(from: number): number {
    let at = from;
    for (let unit = this.text.charCodeAt(at); unit < 128 && !this.canBegin[unit]!; )
      unit = this.text.charCodeAt(++at);
    return at;
  }

  /** Adds the places that can be reached without a character. Returns a match if one ends here. */
  private follow(start: number, begin: number, at: number, before: number, after: number): Match | undefined {
    if (at - begin > LONGEST_MATCH) return undefined;
    const { open } = this;
    let depth = 0;
    open[depth++] = start;
    while (depth > 0) {
      const place = open[--depth]!;
      if (this.seen[place] === this.step) continue;
      this.seen[place] = this.step;
      const instruction = this.instructions[place]!;
      switch (instruction.op) {
        case "one":
          this.nextPlaces[this.nextCount] = place;
          this.nextBegins[this.nextCount++] = begin;
          break;
        case "split":
          open[depth++] = instruction.second;
          open[depth++] = instruction.first;
          break;
        case "jump":
          open[depth++] = instruction.to;
          break;
        case "assert":
          if (instruction.holds(before, after)) open[depth++] = place + 1;
          break;
        case "match":
          // What is left is less preferred.
          return { start: begin, end: at };
      }
    }
    return undefined;
  }

  /** Keeps the places whose class has the character, and moves behind it. */
  private take(code: number): void {
    [this.places, this.nextPlaces] = [this.nextPlaces, this.places];
    [this.begins, this.nextBegins] = [this.nextBegins, this.begins];
    let kept = 0;
    for (let index = 0; index < this.nextCount; index++) {
      const place = this.places[index]!;
      const instruction = this.instructions[place]!;
      if (instruction.op !== "one" || !instruction.test(code)) continue;
      this.places[kept] = place + 1;
      this.begins[kept++] = this.begins[index]!;
    }
    this.count = kept;
  }
}

export { Unsupported };
