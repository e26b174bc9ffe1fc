import "virtual:marks.css";
import "./style.css";
import { typeHues } from "../marks/index.js";
import { Api, type Entity, type Model, type Models, Problem } from "./api.js";
import { byId, counted, element } from "./dom.js";
import { afterEdit } from "./edit.js";
import { Editor } from "./editor.js";
import { EXAMPLES } from "./examples.js";
import { Finder, type Found, NOTHING } from "./find.js";
import { Legend } from "./legend.js";
import { curl, python, typescript } from "./samples.js";
import { EntityTable } from "./table.js";
import { CopyTabs } from "./tabs.js";
import { setUpTheme } from "./theme.js";

/** Milliseconds without a key before a text is sent. A text that is read by paragraph waits longer. */
const PAUSE = 150;
const LONG_PAUSE = 400;
/** Milliseconds between two looks at models that are loading. */
const LOOK_AGAIN = 2_000;
/** A model with more types shows only those that were found. */
const TYPES_SHOWN = 20;

const STRATEGIES: Readonly<Record<string, string>> = {
  "": "An entity consists of whole words.",
  simple: "As in Python: neighbouring tokens with the same type.",
  first: "As in Python: a word has the label of its first token.",
  average: "As in Python: a word has the best label of its tokens' mean.",
  max: "As in Python: a word has the label of its surest token.",
  none: "As in Python: every token that has a label.",
};

const api = new Api();
const finder = new Finder(api, Number.POSITIVE_INFINITY);
const editor = new Editor(edited);
const legend = new Legend(show);
const table = new EntityTable(({ start, end }) => editor.select(start, end));
const tabs = new CopyTabs(["JSON", "curl", "TypeScript", "Python"]);
const modelChoice = byId<HTMLSelectElement>("model");
const strategyChoice = byId<HTMLSelectElement>("strategy");
const threshold = byId<HTMLInputElement>("threshold");
const progress = byId<HTMLProgressElement>("progress");

let models: Models | undefined;
let hues: ReadonlyMap<string, number> = new Map();
/** What was found in `foundIn`, or what is left of it after an edit. */
let found: Found = NOTHING;
let foundIn = "";
let state: "waiting" | "reading" | "done" | "failed" = "waiting";
let milliseconds = 0;
let request = new AbortController();

setUpTheme();
setUpExamples();
strategyChoice.addEventListener("change", () => void find());
modelChoice.addEventListener("change", () => {
  found = NOTHING;
  describeModel();
  void find();
});
threshold.addEventListener("input", show);
byId<HTMLFormElement>("token-form").addEventListener("submit", (event) => {
  event.preventDefault();
  api.token = byId<HTMLInputElement>("token").value.trim();
  byId("token-form").hidden = true;
  void start();
});
editor.text = [...EXAMPLES.values()][0]!;
show();
void start();

/** Asks for the models, and finds the entities of the text that is there already. */
async function start(): Promise<void> {
  showProblem();
  try {
    showModels(await api.models());
  } catch (problem) {
    fail(problem);
    return;
  }
  await find();
}

function showModels(answer: Models): void {
  const chosen = modelChoice.value || answer.default;
  const isNew = JSON.stringify(answer) !== JSON.stringify(models);
  models = answer;
  finder.longest = Math.min(finder.longest, answer.maxTextLength);
  if (isNew) {
    modelChoice.replaceChildren(
      ...answer.models.map(({ name, ready }) =>
        element("option", { value: name, disabled: !ready }, ready ? name : `${name} (loading)`),
      ),
    );
    modelChoice.value = chosen;
    describeModel();
  }
  if (answer.models.some(({ ready }) => !ready))
    setTimeout(() => void api.models().then(showModels, () => {}), LOOK_AGAIN);
}

function model(): Model | undefined {
  return models?.models.find(({ name }) => name === modelChoice.value);
}

function describeModel(): void {
  const chosen = model();
  hues = typeHues(chosen?.types ?? []);
  if (chosen === undefined) return;
  const { family, dtype, memoryBytes, maxTokens } = chosen;
  const size = memoryBytes > 0 ? `, ${Math.round(memoryBytes / 1e6).toLocaleString("en-US")} MB` : "";
  byId("model-facts").textContent = `${family}, ${dtype}${size}, windows of ${counted(maxTokens, "token")}`;
}

function setUpExamples(): void {
  const use = (text: string) => () => {
    editor.text = text;
    edited();
  };
  for (const [name, text] of EXAMPLES) {
    const button = element("button", { type: "button", className: "quiet" }, name);
    button.addEventListener("click", use(text));
    byId("examples").append(button);
  }
  const clear = element("button", { type: "button", className: "quiet" }, "Clear");
  clear.addEventListener("click", use(""));
  clear.addEventListener("click", () => editor.focus());
  byId("examples").append(clear);
}

function edited(): void {
  found = { ...found, entities: afterEdit(foundIn, editor.text, found.entities) };
  foundIn = editor.text;
  show();
  if (models !== undefined) void find(editor.text.length > finder.longest ? LONG_PAUSE : PAUSE);
}

/** Finds the entities of the present text after a pause. Ends the request before it. */
async function find(pause = 0): Promise<void> {
  request.abort();
  request = new AbortController();
  const { signal } = request;
  const text = editor.text;
  if (pause > 0) await new Promise((resolve) => setTimeout(resolve, pause));
  if (signal.aborted) return;
  state = "reading";
  const begun = performance.now();
  const take = (next: Found) => {
    [found, foundIn] = [next, text];
    show();
  };
  try {
    const answer = await finder.find(text, {
      reading: { model: modelChoice.value, strategy: strategyChoice.value },
      signal,
      progress: take,
      busy: showProblem,
    });
    milliseconds = performance.now() - begun;
    state = "done";
    showProblem(answer.problem);
    take(answer);
  } catch (problem) {
    if (!signal.aborted) fail(problem);
  }
}

function fail(problem: unknown): void {
  state = "failed";
  showProblem(
    problem instanceof Problem ? problem : new Problem("The answer broke off.", String(problem), 0),
  );
  show();
}

/** Shows what is wrong, or nothing. */
function showProblem(problem?: Problem): void {
  const place = byId("problem");
  if (problem?.status === 401) {
    const refused = api.token !== "";
    api.token = "";
    byId("token-form").hidden = false;
    byId("token").focus();
    if (!refused) problem = undefined;
  }
  place.hidden = problem === undefined;
  if (problem === undefined) {
    place.replaceChildren();
    return;
  }
  const { title, detail, requestId, retryAfter } = problem;
  const wait = retryAfter === undefined ? "" : ` Trying again in ${Math.ceil(retryAfter / 1000)} s.`;
  const again = element("button", { type: "button" }, "Try again");
  again.addEventListener("click", () => void (models === undefined ? start() : find()));
  place.replaceChildren(
    element("strong", {}, title),
    element("p", {}, `${detail}${wait}`),
    ...(requestId === ""
      ? []
      : [element("p", { className: "request" }, "Request ", element("code", {}, requestId))]),
    ...(retryAfter === undefined ? [again] : []),
  );
}

/** Shows the present state everywhere. */
function show(): void {
  const least = Number(threshold.value);
  const sure = found.entities.filter(({ score }) => score >= least);
  const shown = sure.filter(({ type }) => legend.isShown(type));
  byId("threshold-value").textContent = least.toFixed(2);
  byId("strategy-facts").textContent = STRATEGIES[strategyChoice.value]!;
  editor.draw(
    shown.map(({ type, label, start, end }) => ({
      name: label ?? type,
      hue: hues.get(type) ?? 0,
      start,
      end,
    })),
  );
  legend.show(countsOf(sure), hues);
  table.show(shown, hues, nothing());
  tabs.show((tab) => copy(tab, sure, least));
  byId("length").textContent = counted(editor.text.length, "character");
  progress.hidden = state !== "reading" || found.paragraphs === 1;
  progress.max = found.paragraphs;
  progress.value = found.read;
  const said = status(sure, shown);
  if (said !== undefined) say(said);
}

/** How many entities each type has, in the order of the model's types. */
function countsOf(entities: readonly Entity[]): ReadonlyMap<string, number> {
  const types = model()?.types ?? [];
  const counts = new Map(types.map((type) => [type, 0]));
  for (const { type } of entities) counts.set(type, (counts.get(type) ?? 0) + 1);
  if (types.length <= TYPES_SHOWN) return counts;
  return new Map([...counts].filter(([type, count]) => count > 0 || !legend.isShown(type)));
}

/** What to say in place of the table. */
function nothing(): string {
  if (editor.text.trim() === "") return "Type a text, paste one, or choose an example.";
  if (state === "done") return "No entities found.";
  return state === "failed" ? "No answer." : "Reading …";
}

/** What to say about the present state, or undefined to leave what stands there: a short read says nothing. */
function status(sure: readonly Entity[], shown: readonly Entity[]): string | undefined {
  const { windows, read, paragraphs, refused } = found;
  if (state === "failed") return "No answer";
  if (editor.text.trim() === "") return "";
  if (state === "reading" && paragraphs > 1)
    return `${read.toLocaleString("en-US")} of ${counted(paragraphs, "paragraph")} read`;
  if (state !== "done") return undefined;
  const all = sure.length === shown.length ? "" : ` of ${sure.length.toLocaleString("en-US")}`;
  return [
    `${counted(shown.length, "entity", "entities")}${all}`,
    ...(paragraphs > 1 ? [counted(paragraphs, "paragraph")] : []),
    ...(refused > 0 ? [`${refused.toLocaleString("en-US")} not read`] : []),
    counted(windows, "window"),
    `${Math.round(milliseconds)} ms`,
  ].join(", ");
}

/** Screen readers read the status when it changes, so it is only set then. */
function say(text: string): void {
  const place = byId("status");
  if (place.textContent !== text) place.textContent = text;
}

/** Returns what the tab copies: the answer, or a program that asks for it. */
function copy(tab: string, entities: readonly Entity[], least: number): string {
  const { windows, paragraphs } = found;
  const chosen = modelChoice.value;
  if (tab === "JSON")
    return JSON.stringify(
      { model: chosen, offset_unit: "utf-16", entities, windows, truncated: false },
      null,
      2,
    );
  const asked = {
    base: api.base,
    text: editor.text,
    model: chosen === models?.default ? undefined : chosen,
    strategy: strategyChoice.value,
    threshold: least,
    token: api.token !== "",
    byParagraph: paragraphs > 1,
  };
  if (tab === "curl") return curl(asked);
  return tab === "Python" ? python(asked) : typescript(asked);
}
