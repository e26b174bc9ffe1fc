/** Gives each value of a type a number, in the order in which they come. */
export class Numbering {
  private readonly numbers = new Map<string, Map<string, number>>();
  /** The spellings of each value, if they are told apart. */
  private readonly spellings = new Map<string, Map<string, string>>();
  /** What stands for each text; only kept if spellings are told apart. */
  readonly values = new Map<string, string>();

  /** @param exact tell spellings apart, so that each can be restored */
  constructor(private readonly exact: boolean) {}

  /** Returns `[PERSON_1]`. With `exact`, another spelling of the same value is `[PERSON_1:2]`. */
  placeholder(type: string, value: string, text: string): string {
    const ofType = this.numbers.get(type) ?? new Map<string, number>();
    this.numbers.set(type, ofType);
    const number = ofType.get(value) ?? ofType.size + 1;
    ofType.set(value, number);
    const placeholder = `[${type}_${number}]`;
    return this.exact ? this.spelling(placeholder, text) : placeholder;
  }

  private spelling(placeholder: string, text: string): string {
    const known = this.spellings.get(placeholder) ?? new Map<string, string>();
    this.spellings.set(placeholder, known);
    const found = known.get(text);
    if (found !== undefined) return found;
    const spelled = known.size === 0 ? placeholder : `${placeholder.slice(0, -1)}:${known.size + 1}]`;
    known.set(text, spelled);
    this.values.set(spelled, text);
    return spelled;
  }
}
