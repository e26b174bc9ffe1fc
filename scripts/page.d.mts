/** Builds the page of `nerium serve` or `nerium dashboard` into a folder, whose content is replaced. */
export function buildPage(folder: string, page?: "server" | "dashboard"): Promise<unknown>;
