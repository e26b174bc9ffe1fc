/**
 * Characters that a terminal acts on instead of printing: control characters except tabs and line feeds, and
 * marks that change the direction of the text.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: this regex searches for control characters
const OBEYED = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;

/**
 * Replaces characters that a terminal obeys with visible symbols, one for one, so that a text from a file or a
 * server cannot control it.
 */
export const visible = (text: string): string =>
  text.replace(OBEYED, (character) => {
    const code = character.charCodeAt(0);
    if (code < 0x20) return String.fromCharCode(0x2400 + code);
    return code < 0xa0 ? "␡" : "�";
  });

/** Escapes the same characters as JSON and JavaScript do: \u001b. Text in JSON keeps its meaning. */
export const escaped = (text: string): string =>
  text.replace(OBEYED, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);

/**
 * Escapes text for HTML and SVG, also marks of direction. Control characters, which neither allows, become visible symbols.
 */
export const markupText = (text: string): string =>
  visible(text.replace(/[&<>"'\u202a-\u202e\u2066-\u2069]/g, (character) => `&#${character.charCodeAt(0)};`));

const secrets = new Set<string>();

/** Shorter secrets are only recognised where they stand in an address: they may be part of any word. */
const SHORTEST = 6;

/** From now on, {@link withoutSecrets} hides this text: a token or a password from the environment. */
export function keepSecret(secret: string): void {
  if (secret.length >= SHORTEST) secrets.add(secret);
}

/**
 * Hides what may be secret in a text: tokens and passwords of the environment, tokens of the hub, and user
 * name and password in addresses.
 */
export function withoutSecrets(text: string): string {
  let hidden = text
    .replace(/\b([a-z][a-z\d+.-]*:\/{1,2})[^\s/?#"'<>]*@/gi, "$1")
    .replace(/\bhf_[A-Za-z0-9]{16,}/g, "hf_***")
    .replace(/(\btoken=|\bBearer )[^\s"'&]+/gi, "$1***");
  for (const secret of secrets) hidden = hidden.replaceAll(secret, "***");
  return hidden;
}
