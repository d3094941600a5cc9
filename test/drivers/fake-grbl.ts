import type {Duplex} from 'node:stream';

/**
 * The least of a GRBL controller that motion tests need: lines, real-time bytes, straight moves that take a set time.
 * It keeps what it was sent, in order.
 */
export interface FakeGrblOptions {
  /** Real time of any move, ms. */
  readonly moveMs?: number;
  readonly settings?: Readonly<Record<string, string>>;
  /** Prints its banner when it is created, as a board that resets on opening. */
  readonly doesBannerAtOpen?: boolean;
  readonly banner?: string;
  /** Answer to `$I`, and to `$$` instead of the settings. */
  readonly build?: readonly string[];
  readonly listing?: readonly string[];
  /** Moves end this far from their target, mm. */
  readonly missMm?: number;
  /** State reported first. */
  readonly state?: string;
  readonly reportsWork?: boolean;
}

const defaults: Readonly<Record<string, string>> = {
  $10: '1',
  $13: '0',
  $20: '0',
  $22: '0',
  $24: '25.000',
  $25: '500.000',
  $27: '1.000',
  $100: '250.000',
  $110: '6000.000',
  $111: '6000.000',
  $112: '6000.000',
  $120: '500.000',
  $121: '500.000',
  $122: '500.000',
  $130: '200.000',
  $131: '200.000',
  $132: '200.000',
};

export class FakeGrbl {
  readonly received: string[] = [];
  readonly settings: Record<string, string>;
  state: string;
  position = [0, 0, 0];
  isSilent = false;
  /** Answers of lines by pattern, ahead of what the fake does by itself. */
  readonly answers = new Map<RegExp, readonly string[]>();
  readonly #stream: Duplex;
  readonly #options: FakeGrblOptions;
  #line = '';
  #from = [0, 0, 0];
  #target = [0, 0, 0];
  #startMs = 0;
  #timers: NodeJS.Timeout[] = [];
  #isWorkOffsetDue = true;
  #offset = [10, 0, 0];

  constructor(stream: Duplex, options: FakeGrblOptions = {}) {
    this.#stream = stream;
    this.#options = options;
    this.settings = {...defaults, ...options.settings};
    this.state = options.state ?? 'Idle';
    stream.on('data', (bytes: Buffer) => {
      for (const byte of bytes) this.#take(byte);
    });
    stream.on('error', () => undefined); // the other end goes first
    if (options.doesBannerAtOpen === true) this.#printBanner();
  }

  say(...lines: string[]): void {
    if (!this.#stream.destroyed) this.#stream.write(lines.map((line) => `${line}\r\n`).join(''));
  }

  alarm(code: number): void {
    this.#cancelMotion();
    this.state = 'Alarm';
    this.say(`ALARM:${code}`);
  }

  dispose(): void {
    this.#cancelMotion();
  }

  /** Power comes and goes: it counts from zero, wherever the stage stands. */
  reboot(): void {
    this.#cancelMotion();
    this.state = 'Idle';
    this.position = [0, 0, 0];
    this.#printBanner();
  }

  /** Somebody else changes a setting or an offset. */
  changeOffset(offset: readonly number[]): void {
    this.#offset = [...offset];
    this.#isWorkOffsetDue = true;
  }

  #printBanner(): void {
    this.#isWorkOffsetDue = true;
    this.say('', this.#options.banner ?? "Grbl 1.1h ['$' for help]");
    if (this.state === 'Alarm') this.say("[MSG:'$H'|'$X' to unlock]");
  }

  #cancelMotion(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers = [];
  }

  #take(byte: number): void {
    if (byte === 0x0a || byte === 0x0d) return this.#obey(this.#line);
    if (byte === 0x18) return this.#reset();
    if (byte === 0x3f) return this.#report();
    if (byte === 0x21) return this.#hold();
    if (byte >= 0x80) return void this.received.push(`0x${byte.toString(16)}`);
    this.#line += String.fromCharCode(byte);
  }

  #report(): void {
    if (this.isSilent || this.state === 'Home') return;
    // Inches have four digits behind the point.
    const isInch = this.settings['$13'] === '1';
    const print = (mm: number): string => (isInch ? (mm / 25.4).toFixed(4) : mm.toFixed(3));
    const now = this.#now().map(print);
    const offset = this.#isWorkOffsetDue ? `|WCO:${this.#offset.map(print).join(',')}` : '';
    this.#isWorkOffsetDue = false;
    const work = this.#now().map((mm, index) => print(mm - (this.#offset[index] ?? 0)));
    const place = this.#options.reportsWork === true ? `WPos:${work.join(',')}` : `MPos:${now.join(',')}`;
    this.say(`<${this.state}|${place}|FS:0,0${offset}>`);
  }

  #now(): number[] {
    if (this.state !== 'Run') return this.position;
    const share = Math.min(
      1,
      (performance.now() - this.#startMs) / Math.max(this.#options.moveMs ?? 0, 1e-3),
    );
    return this.#from.map((from, axis) => from + share * (this.#target[axis] - from));
  }

  #hold(): void {
    this.received.push('!');
    if (this.state !== 'Run' && this.state !== 'Idle') return;
    this.position = this.#now();
    this.#cancelMotion();
    this.state = 'Hold:0';
  }

  #reset(): void {
    this.received.push('ctrl-X');
    this.#line = '';
    if (this.state === 'Run') {
      this.position = this.#now();
      this.alarm(3);
    } else if (this.state === 'Home') this.alarm(6);
    else if (this.state !== 'Alarm') this.state = 'Idle';
    this.#cancelMotion();
    this.#printBanner();
  }

  #obey(line: string): void {
    this.#line = '';
    this.received.push(line);
    for (const [pattern, lines] of this.answers) if (pattern.test(line)) return this.say(...lines);
    if (line === '$I' && this.#options.build) return this.say(...this.#options.build);
    if (line === '$$' && this.#options.listing) return this.say(...this.#options.listing);
    if (line === '$I') return this.say('[VER:1.1h.20190830:]', '[OPT:V,15,128]', 'ok');
    if (line === '$$')
      return this.say(...Object.entries(this.settings).map(([key, value]) => `${key}=${value}`), 'ok');
    if (line === '$H') return this.#home();
    if (line === '$X') {
      this.state = 'Idle';
      return this.say('[MSG:Caution: Unlocked]', 'ok');
    }
    const setting = /^(\$\d+)=(.*)$/.exec(line);
    if (setting !== null) {
      this.settings[setting[1] ?? ''] = setting[2] ?? '';
      return this.say('ok');
    }
    if (this.state === 'Alarm') return this.say('error:9');
    if (/^G21G90/.test(line)) return this.#move(line);
    this.say(line.startsWith('$J=') ? 'ok' : 'error:20');
  }

  #home(): void {
    if (Number(this.settings['$22']) === 0) return this.say('error:5');
    this.state = 'Home';
    this.#timers.push(
      setTimeout(() => {
        this.state = 'Idle';
        this.position = [-1, -1, -1];
        this.say('ok');
      }, this.#options.moveMs ?? 0),
    );
  }

  #move(line: string): void {
    // Lines queue up in the planner: the next one starts from the last target.
    const from = this.state === 'Run' ? this.#target : this.position;
    const target = [...from];
    for (const [, letter, value] of line.matchAll(/([XYZ])(-?[\d.]+)/g))
      target['XYZ'.indexOf(letter ?? '')] = Number(value) + (this.#options.missMm ?? 0);
    this.#from = from;
    this.#target = target;
    this.#startMs = performance.now();
    this.#cancelMotion();
    const arrive = (): void => {
      this.position = this.#target;
      this.state = 'Idle';
    };
    if (this.#options.moveMs === undefined) arrive();
    else {
      this.state = 'Run';
      this.#timers.push(setTimeout(arrive, this.#options.moveMs));
    }
    this.say('ok');
  }
}
