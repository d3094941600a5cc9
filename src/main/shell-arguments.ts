import {resolve} from 'node:path';
import {isTimeoutScale, type HostOptions} from '../contract/host-process.ts';

/**
 * Host options in the shell's command line. Chromium's and the system's own switches stand among them and are left
 * alone, and so is what makes no sense: a window that opens and asks is better than none.
 */
export function readShellArguments(argv: readonly string[], folder: string): HostOptions {
  const valueOf = (name: string): string | undefined => {
    const index = argv.indexOf(name);
    const next = index < 0 ? undefined : argv[index + 1];
    return (
      argv.find((item) => item.startsWith(`${name}=`))?.slice(name.length + 1) ??
      (next?.startsWith('--') ? undefined : next)
    );
  };
  const [benchFile, seed, speed] = [valueOf('--bench'), valueOf('--seed'), valueOf('--speed')];
  const httpPort = valueOf('--http-port');
  const timeoutScale = Number(valueOf('--timeout-scale'));
  const isSpeed = speed !== undefined && (speed === 'instant' || Number(speed) > 0);
  return {
    // For browsers beside the window, on loopback.
    httpPort: httpPort !== undefined && /^\d{1,5}$/.test(httpPort) ? Number(httpPort) : undefined,
    benchFile: benchFile ? resolve(folder, benchFile) : undefined,
    isVirtual: !benchFile && argv.includes('--virtual'),
    seed: seed !== undefined && /^\d+$/.test(seed) ? Number(seed) : undefined,
    speed: isSpeed ? speed : undefined,
    timeoutScale: isTimeoutScale(timeoutScale) ? timeoutScale : undefined,
  };
}
