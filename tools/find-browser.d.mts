export function findBrowser(env?: NodeJS.ProcessEnv): string | undefined;
export function requireBrowser(say?: (text: string) => void): string;
