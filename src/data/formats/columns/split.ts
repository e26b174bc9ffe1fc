/** Takes a line apart into cells. */
export type Split = (text: string) => string[];

const SPACE = 0x20;
const TAB = 0x09;
const isGap = (code: number): boolean => code === SPACE || code === TAB;

/** Removes spaces and tabs at both ends. `trim` would also remove characters that belong to words. */
export function trimmed(text: string): string {
  let [start, end] = [0, text.length];
  while (isGap(text.charCodeAt(start))) start++;
  while (end > start && isGap(text.charCodeAt(end - 1))) end--;
  return start === 0 && end === text.length ? text : text.slice(start, end);
}

export const atSpaces: Split = (text) => trimmed(text).split(/[ \t]+/);
export const atTabs: Split = (text) => text.split("\t");

/** Returns no cells if there are spaces around one, which separate columns as well. */
export const atBareTabs: Split = (text) => {
  const cells = atTabs(text);
  return cells.every((cell) => trimmed(cell) === cell) ? cells : [];
};
