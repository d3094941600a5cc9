/** One thing that was tried, and whether it works. */
export interface Finding {
  readonly name: string;
  readonly isWorking: boolean;
  /** Without it the main job does not run. */
  readonly isNeeded: boolean;
  readonly detail: string;
}

/** Tries something for real; what it throws is the finding's detail, its first line. */
export async function attempt(
  name: string,
  isNeeded: boolean,
  work: () => Promise<string> | string,
): Promise<Finding> {
  try {
    return {name, isNeeded, isWorking: true, detail: await work()};
  } catch (error) {
    const [detail] = (error instanceof Error ? error.message : String(error)).split('\n');
    return {name, isNeeded, isWorking: false, detail};
  }
}
