import "virtual:marks.css";
import "../style.css";
import "./review.css";
import { score as scoreText } from "../../evaluate/score.js";
import { typeHues } from "../../marks/index.js";
import { byId, counted, element } from "../dom.js";
import { setUpTheme } from "../theme.js";
import { type Action, decide, type Entity, type Item, type Review, readReview, undo } from "./calls.js";
import { Editor } from "./editor.js";
import { sentence } from "./sentence.js";

const DONE: Readonly<Record<Action, string>> = {
  accept: "accepted",
  keep: "kept",
  edit: "edited",
  skip: "skipped",
};

setUpTheme();
readReview().then(start, fail);

function fail(error: unknown): void {
  const { message } = error as Error;
  byId("failure").replaceChildren(element("p", { className: "problem" }, message));
}

function start({ file, types, items: found }: Review): void {
  const items = [...found];
  const hues = typeHues(types);
  const editor = new Editor(types, hues);
  let at = Math.max(
    0,
    items.findIndex(({ decision }) => decision === undefined),
  );
  let isEditing = false;
  let isBusy = false;
  byId("review").hidden = false;

  const say = (text: string) => {
    byId("status").textContent = text;
  };

  /** Says what a decision has changed besides the entities, after the next suspect is shown. */
  function note({ place, removedRelations = 0 }: Item): void {
    const text =
      removedRelations === 0
        ? ""
        : `${place}: ${counted(removedRelations, "relation was removed with its entity", "relations were removed with their entities")}.`;
    byId("note").textContent = text;
    if (text !== "") say(`${text} ${byId("status").textContent}`);
  }

  function show(): void {
    const decided = items.filter(({ decision }) => decision !== undefined).length;
    const bar = byId<HTMLProgressElement>("bar");
    bar.max = Math.max(1, items.length);
    bar.value = decided;
    byId("count").textContent =
      `${decided.toLocaleString("en-US")} of ${counted(items.length, "suspect")} decided`;
    const item = items[at];
    for (const id of ["accept", "keep", "edit", "skip"])
      byId<HTMLButtonElement>(id).disabled = item === undefined || isEditing;
    byId<HTMLButtonElement>("undo").disabled = decided === 0 || isEditing;
    byId<HTMLButtonElement>("previous").disabled = at === 0 || isEditing;
    byId<HTMLButtonElement>("next").disabled = at >= items.length - 1 || isEditing;
    byId("editor").hidden = !isEditing;
    if (item === undefined) {
      byId("title").textContent = `No suspects in ${file}`;
      return;
    }
    const { words, suspectWords, decision, gold, proposed, current } = item;
    byId("title").textContent =
      `Suspect ${(at + 1).toLocaleString("en-US")}${decision === undefined ? "" : `: ${DONE[decision]}`}`;
    byId("place").textContent = `${item.place}, label quality ${scoreText(item.score)}`;
    byId("before").textContent = item.before ?? "";
    byId("after").textContent = item.after ?? "";
    const word = (text: string, index: number) =>
      suspectWords.includes(index) ? element("span", { className: "suspect" }, text) : text;
    byId("gold").replaceChildren(...sentence(words, decision === "edit" ? current : gold, hues, word));
    byId("gold-title").textContent = decision === "edit" ? "In the data, edited" : "In the data";
    byId("proposed").replaceChildren(...sentence(words, proposed, hues, word));
    const chosen = { gold: decision === "keep" || decision === "edit", proposed: decision === "accept" };
    for (const side of ["gold", "proposed"] as const)
      document.querySelector<HTMLElement>(`[data-side="${side}"]`)!.dataset.chosen = String(chosen[side]);
    byId("differences").replaceChildren(...differences(item));
  }

  function go(to: number): void {
    at = Math.max(0, Math.min(items.length - 1, to));
    show();
    const item = items[at];
    if (item !== undefined) say(`Suspect ${at + 1}: ${spoken(item)}`);
  }

  /** The next suspect that is not decided, or else the next one. */
  function onward(): void {
    const open = (index: number) => items[index]!.decision === undefined;
    const rest = [...items.keys()];
    const next = rest.find((index) => index > at && open(index)) ?? rest.find(open);
    if (next === undefined) {
      show();
      say("All suspects are decided.");
    } else go(next);
  }

  async function alone(change: () => Promise<void>): Promise<void> {
    if (isBusy) return;
    isBusy = true;
    try {
      await change();
      byId("failure").replaceChildren();
    } catch (error) {
      fail(error);
    } finally {
      isBusy = false;
    }
  }

  const decided = (action: Action, entities?: readonly Entity[]) =>
    alone(async () => {
      const item = await decide(items[at]!.index, action, entities);
      items[at] = item;
      close();
      onward();
      note(item);
    });

  const takeBack = () =>
    alone(async () => {
      const item = await undo();
      if (item === null) say("There is nothing to take back.");
      else {
        items[item.index] = item;
        go(item.index);
        byId("note").textContent = "";
      }
    });

  function edit(): void {
    const { words, current, suspectWords } = items[at]!;
    isEditing = true;
    show();
    editor.open(words, current, suspectWords[0] ?? 0);
  }

  function close(): void {
    if (!isEditing) return;
    isEditing = false;
    show();
    byId("edit").focus();
  }

  const actions: Readonly<Record<string, () => unknown>> = {
    accept: () => decided("accept"),
    keep: () => decided("keep"),
    edit,
    skip: () => decided("skip"),
    undo: takeBack,
    previous: () => go(at - 1),
    next: () => go(at + 1),
    save: () => decided("edit", editor.entities),
    cancel: close,
  };
  for (const [id, act] of Object.entries(actions)) byId(id).addEventListener("click", () => void act());

  const KEYS: Readonly<Record<string, string>> = {
    a: "accept",
    k: "keep",
    e: "edit",
    s: "skip",
    u: "undo",
    arrowleft: "previous",
    arrowright: "next",
  };
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const isButton = event.target instanceof HTMLButtonElement && !event.target.classList.contains("word");
    if (isEditing) {
      // Enter on another button presses it.
      const save = event.key === "Enter" && !isButton;
      if (save) void actions.save!();
      else if (event.key === "Escape") close();
      else if (!editor.key(event)) return;
      event.preventDefault();
      return;
    }
    const id = KEYS[event.key.toLowerCase()];
    if (id === undefined || byId<HTMLButtonElement>(id).disabled) return;
    event.preventDefault();
    actions[id]!();
  });

  show();
  if (items.length > 0) say(`${counted(items.length, "suspect")} in ${file}`);
}

const nameOf = (words: readonly string[], { type, start, end }: Entity) =>
  `${type} “${words.slice(start, end).join(" ")}”`;

function differences({ words, spans }: Item): HTMLElement[] {
  return spans.map(({ kind, gold, proposed, score }) => {
    const both = [gold && `tagged ${nameOf(words, gold)}`, proposed && `proposed ${nameOf(words, proposed)}`];
    return element(
      "li",
      {},
      `${kind}: ${both.filter(Boolean).join(", ")}`,
      element("span", { className: "score" }, scoreText(score)),
    );
  });
}

const spoken = ({ words, spans }: Item): string =>
  spans
    .map(({ gold, proposed }) =>
      [gold && `tagged ${nameOf(words, gold)}`, proposed && `proposed ${nameOf(words, proposed)}`]
        .filter(Boolean)
        .join(", "),
    )
    .join("; ") || words.join(" ");
