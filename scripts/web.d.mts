/** Replaces the modules of nerium/web in a folder by one bundle for browsers. */
export function buildWeb(folder: string): Promise<void>;
