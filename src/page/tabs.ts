import { byId, element } from "./dom.js";

/** Returns what can be copied from the tab of this name. */
export type Copies = (tab: string) => string;

/** Characters of a copy that are shown. All of it is copied. */
const SHOWN = 8_000;

/** Tabs with the answer as JSON and with programs that ask for it, and a button that copies them. */
export class CopyTabs {
  private readonly panel = byId("panel");
  private readonly code = byId("code");
  private readonly said = byId("copied");
  private readonly tabs: readonly HTMLButtonElement[];
  private chosen: string;
  private copies: Copies = () => "";

  constructor(names: readonly string[]) {
    this.chosen = names[0]!;
    this.tabs = names.map((name) =>
      element("button", { type: "button", role: "tab", id: `tab-${name}`, "aria-controls": "panel" }, name),
    );
    for (const [index, tab] of this.tabs.entries()) {
      tab.addEventListener("click", () => this.choose(tab));
      tab.addEventListener("keydown", (event) => {
        const steps: Readonly<Record<string, number>> = {
          ArrowRight: index + 1,
          ArrowLeft: index - 1,
          Home: 0,
          End: -1,
        };
        const to = steps[event.key];
        if (to === undefined) return;
        event.preventDefault();
        const next = this.tabs.at(to % this.tabs.length)!;
        this.choose(next);
        next.focus();
      });
    }
    byId("tabs").append(...this.tabs);
    this.panel.tabIndex = 0;
    byId("copy").addEventListener("click", () => void this.copy());
    this.choose(this.tabs[0]!);
  }

  show(copies: Copies): void {
    this.copies = copies;
    this.said.textContent = "";
    const text = copies(this.chosen);
    const rest = text.length - SHOWN;
    this.code.textContent =
      rest > 0
        ? `${text.slice(0, SHOWN)}\n… ${rest.toLocaleString("en-US")} more characters are copied`
        : text;
  }

  private choose(chosen: HTMLButtonElement): void {
    this.chosen = chosen.textContent;
    this.panel.setAttribute("aria-labelledby", chosen.id);
    for (const tab of this.tabs) {
      tab.setAttribute("aria-selected", String(tab === chosen));
      tab.tabIndex = tab === chosen ? 0 : -1;
    }
    this.show(this.copies);
  }

  private async copy(): Promise<void> {
    const copied = await putOnClipboard(this.copies(this.chosen));
    this.said.textContent = copied ? "Copied" : "The browser does not allow it. Select the text and copy it.";
  }
}

/** Browsers offer `navigator.clipboard` only to pages from https and from the own machine. */
async function putOnClipboard(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = element("textarea", { value: text, readOnly: true, className: "away" });
    const focused = document.activeElement;
    document.body.append(area);
    area.select();
    const copied = document.execCommand("copy");
    area.remove();
    if (focused instanceof HTMLElement) focused.focus();
    return copied;
  }
}
