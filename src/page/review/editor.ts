import type { typeHues } from "../../marks/index.js";
import { byId, element } from "../dom.js";
import type { Entity } from "./calls.js";
import { sentence } from "./sentence.js";

/** Types that have a key of their own: 1 to 9. */
const MOST_KEYS = 9;

/** Changes the entities of a sentence with the keyboard, or with clicks. */
export class Editor {
  #words: readonly string[] = [];
  #entities: Entity[] = [];
  /** The chosen words, from the first to the last chosen one, in either direction. */
  #from = 0;
  #to = 0;

  constructor(
    private readonly types: readonly string[],
    private readonly hues: ReturnType<typeof typeHues>,
  ) {
    const chips = types.map((type, index) => {
      const key = index < MOST_KEYS ? String(index + 1) : undefined;
      const chip = element(
        "button",
        { type: "button", className: "chip", "data-type": type, ...(key && { "aria-keyshortcuts": key }) },
        type,
        ...(key ? [" ", element("kbd", {}, key)] : []),
      );
      chip.style.setProperty("--hue", String(hues.get(type) ?? 0));
      chip.addEventListener("click", () => this.#give(type));
      return chip;
    });
    const none = element(
      "button",
      { type: "button", className: "quiet", "aria-keyshortcuts": "0" },
      "None ",
      element("kbd", {}, "0"),
    );
    none.addEventListener("click", () => this.#give(undefined));
    byId("types").replaceChildren(...chips, none);
  }

  get entities(): readonly Entity[] {
    return this.#entities;
  }

  /** Begins with the entities of a sentence, at one of its words. */
  open(words: readonly string[], entities: readonly Entity[], word: number): void {
    this.#words = words;
    this.#entities = [...entities];
    this.#from = word;
    this.#to = word;
    this.#show();
  }

  /** Returns whether a key was one of the editor. */
  key({ key, shiftKey }: KeyboardEvent): boolean {
    const step = key === "ArrowRight" ? 1 : key === "ArrowLeft" ? -1 : 0;
    if (step !== 0) this.#choose(this.#to + step, shiftKey);
    else if (key === "Home") this.#choose(0, shiftKey);
    else if (key === "End") this.#choose(this.#words.length - 1, shiftKey);
    else if (key === "0" || key === "Backspace" || key === "Delete") this.#give(undefined);
    else if (/^[1-9]$/.test(key) && this.types[Number(key) - 1] !== undefined)
      this.#give(this.types[Number(key) - 1]);
    else return false;
    return true;
  }

  #choose(word: number, goesOn: boolean): void {
    this.#to = Math.max(0, Math.min(this.#words.length - 1, word));
    if (!goesOn) this.#from = this.#to;
    this.#show();
  }

  /** Makes the chosen words an entity, instead of those that they touch. */
  #give(type: string | undefined): void {
    const [start, end] = [Math.min(this.#from, this.#to), Math.max(this.#from, this.#to) + 1];
    const others = this.#entities.filter((each) => each.end <= start || each.start >= end);
    this.#entities = type === undefined ? others : [...others, { type, start, end }];
    this.#entities.sort((a, b) => a.start - b.start);
    this.#show();
  }

  #show(): void {
    const [first, last] = [Math.min(this.#from, this.#to), Math.max(this.#from, this.#to)];
    const nodes = sentence(this.#words, this.#entities, this.hues, (word, index) => {
      const isChosen = index >= first && index <= last;
      const button = element(
        "button",
        {
          type: "button",
          className: "word",
          tabIndex: index === this.#to ? 0 : -1,
          "aria-pressed": isChosen,
        },
        word,
      );
      button.addEventListener("click", (event) => this.#choose(index, event.shiftKey));
      return button;
    });
    byId("words").replaceChildren(...nodes);
    byId("words").querySelector<HTMLElement>('[tabindex="0"]')?.focus();
  }
}
