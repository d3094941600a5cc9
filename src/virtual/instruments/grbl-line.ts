/** Receive ring and line buffer (grbl.md section 1). */
const ringLength = 128;
/** 80 characters with the terminator. */
const lineLength = 79;

export interface ReceivedLine {
  readonly text: string;
  readonly isTooLong: boolean;
}

/** Turns bytes into lines as the firmware does: blanks, comments and `/` out, letters upper-case, too long refused. */
export class LineReader {
  private ring: number[] = [];
  private line = '';
  private skipping: 'nothing' | 'parenthesis' | 'rest' | 'overflow' = 'nothing';

  /** Takes a byte from the wire; what does not fit is lost. */
  put(byte: number): void {
    if (this.ring.length < ringLength) this.ring.push(byte);
  }
  get freeCount(): number {
    return ringLength - this.ring.length;
  }

  /** The next whole line, or undefined. */
  take(): ReceivedLine | undefined {
    for (let byte = this.ring.shift(); byte !== undefined; byte = this.ring.shift()) {
      if (byte === 0x0a || byte === 0x0d) {
        const line = {text: this.line, isTooLong: this.skipping === 'overflow'};
        this.dropPartialLine();
        return line;
      }
      this.addCharacter(String.fromCharCode(byte));
    }
    return undefined;
  }

  private addCharacter(character: string): void {
    if (this.skipping !== 'nothing') {
      if (character === ')' && this.skipping === 'parenthesis') this.skipping = 'nothing';
    } else if (character <= ' ' || character === '/') return;
    else if (character === '(') this.skipping = 'parenthesis';
    else if (character === ';') this.skipping = 'rest';
    else if (this.line.length >= lineLength) this.skipping = 'overflow';
    else this.line += character.toUpperCase();
  }

  dropPartialLine(): void {
    this.line = '';
    this.skipping = 'nothing';
  }
  clear(): void {
    this.ring = [];
    this.dropPartialLine();
  }
}
