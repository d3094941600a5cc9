/** The part of cli-progress that is used here; the package has no declarations of its own. */
declare module 'cli-progress' {
  interface BarOptions {
    readonly format: (
      options: unknown,
      params: {readonly progress: number; readonly value: number; readonly total: number},
      payload: unknown,
    ) => string;
    readonly stream: NodeJS.WritableStream;
    readonly hideCursor: boolean | null;
    readonly linewrap: boolean | null;
    readonly clearOnComplete: boolean;
    readonly gracefulExit: boolean;
    readonly fps: number;
  }
  interface SingleBar {
    start(total: number, value: number, payload?: object): void;
    update(value: number, payload?: object): void;
    stop(): void;
  }
  const cliProgress: {readonly SingleBar: new (options: BarOptions) => SingleBar};
  export default cliProgress;
}
