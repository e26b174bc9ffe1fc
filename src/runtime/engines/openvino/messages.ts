/** The most characters of a message that are shown. */
const LONGEST = 400;

/**
 * Shortens a message of OpenVINO: without the places in its source code, which say nothing to a user, and on one line.
 */
export function plainMessage(message: string): string {
  const lines = message
    .replace(/Check '[^\n]*?' failed at \S+:\d+:?[ \t]*/g, "")
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !/^Exception from .*:?$/.test(line));
  const text = (lines.length === 0 ? message : lines.join(" ")).replace(/\s+/g, " ").trim();
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}
