import { closest, distance } from "fastest-levenshtein";
import { type ErrorEntry, errorCatalogue } from "./catalogue.js";
import { topicUnknown } from "./errors.js";
import { allPages, type Page, sectionsOf } from "./pages.js";

/**
 * Returns what the documentation says about a topic, as Markdown: a whole page for its name, what to do for the code of an error, and
 * for any other word the places that mention it.
 *
 * @param topic a name such as `data-formats`, a code such as `DATA_CELL_EMPTY`, or a word
 * @throws NeriumError MANUAL_TOPIC_UNKNOWN
 */
export function topicText(topic: string): string {
  const pages = allPages();
  const name = topic.toLowerCase().replace(/\.md$/, "");
  const page = pages.find((each) => each.name === name);
  if (page !== undefined) return page.text;
  const errors = pages.flatMap((each) => (each.name === "errors" ? errorCatalogue(each) : []));
  const error = errors.find(({ code }) => code === topic.toUpperCase());
  if (error !== undefined) return errorText(error);
  const places = placesOf(topic, pages);
  if (places !== "") return places;
  const names = [...pages.map((each) => each.name), ...errors.map(({ code }) => code)];
  throw topicUnknown(topic, meant(topic, names));
}

const errorText = ({ code, part, when, remedy }: ErrorEntry): string =>
  [`# ${code}`, "", `**When:** ${when}`, "", `**What to do:** ${remedy}`, "", `Part: ${part}`, ""].join("\n");

/** Lists the sections that mention a word, each with the first line that does. */
function placesOf(word: string, pages: readonly Page[]): string {
  const wanted = word.toLowerCase();
  const places = pages.flatMap((page) =>
    sectionsOf(page).flatMap(({ heading, text }) => {
      const line = text.split("\n").find((each) => each.toLowerCase().includes(wanted));
      return line === undefined ? [] : [{ name: page.name, heading, line: line.trim() }];
    }),
  );
  return places
    .map(({ name, heading, line }) => `${name}: ${heading}\n${line.startsWith("#") ? "" : `    ${line}\n`}`)
    .join("");
}

/** A name with at most a third of its characters wrong, in either case of letters. */
function meant(topic: string, names: readonly string[]): string | undefined {
  const upper = topic.toUpperCase();
  const found = closest(
    upper,
    names.map((name) => name.toUpperCase()),
  );
  if (3 * distance(upper, found) > found.length) return undefined;
  return names.find((name) => name.toUpperCase() === found);
}
