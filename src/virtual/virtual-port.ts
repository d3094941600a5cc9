/** Where a program finds an instrument. */
export type PortAddress = {readonly path: string} | {readonly host: string; readonly port: number};

export interface VirtualPort extends AsyncDisposable {
  readonly address: PortAddress;
  /** Pulls the plug: clients see the port vanish. */
  unplug(): Promise<void>;
}
