/**
 * One step of a pattern: which characters it matches, and where matching may continue without a character.
 */
interface Step {
  readonly takes: (character: string) => boolean;
  readonly repeats: boolean;
  /** Steps ahead, relative to this one. */
  readonly orGoes: readonly number[];
}

/** Maximum number of patterns that `{a,b}` may expand to. */
const MOST_SPELLINGS = 256;

/**
 * Returns a function that tells if a path matches a pattern as data set cards use them: `*` within a folder,
 * `**` across folders, `?`, `[ab]`, `{a,b}`. Regular expressions are not used, because anyone may write the
 * pattern, and one with many stars would take forever. The time needed here grows only with the length of the
 * pattern times that of the path.
 */
export function globMatcher(pattern: string): (path: string) => boolean {
  const spellings = spelled(pattern.replace(/^\.?\//, "")).map(stepsOf);
  return (path) => spellings.some((steps) => fits(steps, path));
}

function fits(steps: readonly Step[], path: string): boolean {
  let at = new Set<number>();
  const reach = (states: Set<number>, state: number): void => {
    if (states.has(state)) return;
    states.add(state);
    for (const further of steps[state]?.orGoes ?? []) reach(states, state + further);
  };
  reach(at, 0);
  for (const character of path) {
    const next = new Set<number>();
    for (const state of at) {
      const step = steps[state];
      if (step?.takes(character)) reach(next, step.repeats ? state : state + 1);
    }
    at = next;
  }
  return at.has(steps.length);
}

const once = (takes: Step["takes"]): Step => ({ takes, repeats: false, orGoes: [] });
const many = (takes: Step["takes"]): Step => ({ takes, repeats: true, orGoes: [1] });
const any = (): boolean => true;
const inFolder = (character: string): boolean => character !== "/";

function stepsOf(pattern: string): Step[] {
  const parts = pattern.match(/\*\*\/|\*\*|\*|\?|\[[^\]]+\]|[\s\S]/gu) ?? [];
  return parts.flatMap((part) => {
    // Any number of folders, including none.
    if (part === "**/")
      return [{ ...once(() => false), orGoes: [1, 3] }, many(any), once((each) => each === "/")];
    if (part === "**") return [many(any)];
    if (part === "*") return [many(inFolder)];
    if (part === "?") return [once(inFolder)];
    if (part.length > 2 && part.startsWith("[")) return [once(ofSet(part.slice(1, -1)))];
    return [once((each) => each === part)];
  });
}

/** Matches a set: `abc`, `a-z`, `!abc`. */
function ofSet(set: string): Step["takes"] {
  const [negated, members] = set.startsWith("!") ? [true, set.slice(1)] : [false, set];
  const ranges = [...members.matchAll(/(.)-(.)|(.)/gsu)].map(
    ([, from, to, one]) => [from ?? one!, to ?? one!] as const,
  );
  return (each) => inFolder(each) && ranges.some(([from, to]) => from <= each && each <= to) !== negated;
}

/** Expands `{a,b}` into all patterns that it stands for. */
function spelled(pattern: string): string[] {
  let all = [""];
  for (const part of pattern.match(/\{[^{}]*\}|[^{]+|\{/g) ?? []) {
    const choices = part.length > 1 && part.startsWith("{") ? part.slice(1, -1).split(",") : [part];
    all = all.flatMap((before) => choices.map((choice) => before + choice)).slice(0, MOST_SPELLINGS);
  }
  return all;
}
