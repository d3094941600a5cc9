import {once} from 'node:events';
import {createServer, type AddressInfo, type Server, type Socket} from 'node:net';
import {FakeGrbl, type FakeGrblOptions} from './fake-grbl.ts';

export interface GrblBoardOptions extends Omit<FakeGrblOptions, 'doesBannerAtOpen'> {
  /** As an Arduino Uno: opening its port resets it. Otherwise it counts on from one connection to the next. */
  readonly startsAnewAtOpen?: boolean;
}

/** A GRBL board behind a TCP port, which outlives the connections to it. */
export class GrblBoard {
  readonly #server: Server;
  readonly #options: GrblBoardOptions;
  #socket: Socket | undefined;
  #isNew = true;
  fake: FakeGrbl | undefined;
  isPluggedIn = true;

  constructor(options: GrblBoardOptions = {}) {
    this.#options = options;
    this.#server = createServer((socket) => {
      if (!this.isPluggedIn) return void socket.destroy();
      this.#socket = socket;
      const before = this.#isNew || options.startsAnewAtOpen === true ? undefined : this.fake;
      this.#isNew = false;
      this.fake = new FakeGrbl(socket, {
        ...this.#options,
        ...(before && {state: before.state}),
        settings: {...options.settings, ...before?.settings},
        doesBannerAtOpen: before === undefined,
      });
      if (before) this.fake.position = before.position;
    });
  }

  get isListening(): boolean {
    return this.#server.listening;
  }

  async listen(): Promise<number> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return (this.#server.address() as AddressInfo).port;
  }

  /** What was sent over the present connection, or the last one, that moves. */
  get motions(): string[] {
    return (this.fake?.received ?? []).filter((line) => line.includes('G53') || line.startsWith('$J='));
  }

  /** Between two connections: it counts from zero, wherever the stage stands. */
  restart(): void {
    this.#isNew = true;
  }

  unplug(): void {
    this.isPluggedIn = false;
    this.#socket?.destroy();
  }

  close(): void {
    this.#socket?.destroy();
    this.#server.close();
  }
}
