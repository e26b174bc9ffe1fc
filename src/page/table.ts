import { score } from "../evaluate/score.js";
import type { Entity } from "./api.js";
import { byId, counted, element } from "./dom.js";

/** Rows to show at first, and to add at a time. */
const ROWS = 200;

/** The list of entities. The button of a row selects its entity in the text. */
export class EntityTable {
  private readonly place = byId("entities");
  private readonly body = element("tbody");
  private readonly more = element("button", { type: "button", className: "quiet more" });
  private readonly empty = element("p", { className: "empty" });
  private readonly scroll: HTMLElement;
  private entities: readonly Entity[] = [];
  private hues: ReadonlyMap<string, number> = new Map();

  constructor(private readonly select: (entity: Entity) => void) {
    const heads = ["Type", "Entity", "Score", "Offsets"].map((name) => element("th", { scope: "col" }, name));
    const table = element(
      "table",
      { "aria-labelledby": "entities-title" },
      element("thead", {}, element("tr", {}, ...heads)),
      this.body,
    );
    this.scroll = element("div", { className: "scroll" }, table, this.more);
    this.more.addEventListener("click", () => this.add());
    this.place.append(this.scroll, this.empty);
  }

  /** @param nothing what to say if there are no entities */
  show(entities: readonly Entity[], hues: ReadonlyMap<string, number>, nothing: string): void {
    this.entities = entities;
    this.hues = hues;
    this.body.replaceChildren();
    this.scroll.hidden = entities.length === 0;
    this.empty.hidden = entities.length > 0;
    this.empty.textContent = nothing;
    this.add();
  }

  private add(): void {
    const shown = this.body.childElementCount;
    this.body.append(...this.entities.slice(shown, shown + ROWS).map((entity) => this.row(entity)));
    const rest = this.entities.length - this.body.childElementCount;
    this.more.hidden = rest === 0;
    this.more.textContent = `Show ${Math.min(rest, ROWS)} more of ${counted(rest, "entity", "entities")}`;
  }

  private row(entity: Entity): HTMLElement {
    const name = entity.label ?? entity.type;
    const chip = element("span", { className: "chip", "data-type": name }, name);
    chip.style.setProperty("--hue", String(this.hues.get(entity.type) ?? 0));
    const button = element(
      "button",
      { type: "button", className: "found", title: "Select it in the text" },
      entity.text,
    );
    button.addEventListener("click", () => this.select(entity));
    const figure = element("td", { className: "score" }, score(entity.score));
    figure.style.setProperty("--score", String(entity.score));
    return element(
      "tr",
      {},
      element("td", {}, chip),
      element("td", { dir: "auto" }, button),
      figure,
      element("td", { className: "offsets" }, `${entity.start}–${entity.end}`),
    );
  }
}
