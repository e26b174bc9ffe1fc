import { byId, element } from "./dom.js";

/** Chips that count the entities of each type, and hide or show them. */
export class Legend {
  private readonly place = byId("legend");
  private readonly chips = new Map<string, HTMLButtonElement>();
  private readonly hidden = new Set<string>();

  /** @param changed is called when the user hides or shows a type */
  constructor(private readonly changed: () => void) {}

  isShown(type: string): boolean {
    return !this.hidden.has(type);
  }

  /** Shows these types and counts, in the order of the types. */
  show(counts: ReadonlyMap<string, number>, hues: ReadonlyMap<string, number>): void {
    for (const [type, chip] of this.chips)
      if (!counts.has(type)) {
        chip.remove();
        this.chips.delete(type);
      }
    for (const [type, count] of counts) {
      const chip = this.chips.get(type) ?? this.chip(type);
      chip.style.setProperty("--hue", String(hues.get(type) ?? 0));
      chip.querySelector("span")!.textContent = count.toLocaleString("en-US");
      chip.classList.toggle("none", count === 0);
    }
  }

  private chip(type: string): HTMLButtonElement {
    const chip = element(
      "button",
      { type: "button", className: "chip", "data-type": type, "aria-pressed": String(this.isShown(type)) },
      `${type} `,
      element("span"),
    );
    chip.addEventListener("click", () => {
      if (!this.hidden.delete(type)) this.hidden.add(type);
      chip.setAttribute("aria-pressed", String(this.isShown(type)));
      this.changed();
    });
    this.chips.set(type, chip);
    this.place.append(chip);
    return chip;
  }
}
