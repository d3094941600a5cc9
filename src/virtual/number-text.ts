/** C `%g` with `digits` significant digits and an exponent of three digits, as the SR830 prints (sr830.md section 2). */
export function formatG(value: number, digits = 6): string {
  if (value === 0) return '0';
  const [mantissa, exponentText] = value.toExponential(digits - 1).split('e') as [string, string];
  const exponent = Number(exponentText);
  if (exponent < -4 || exponent >= digits)
    return `${trimZeros(mantissa)}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(3, '0')}`;
  return trimZeros(value.toFixed(Math.max(0, digits - 1 - exponent)));
}

/** C `%+.6e` with an exponent of three digits: `-1.234567e-009` (TRCA, sr830.md section 2). */
export function formatSignedE(value: number): string {
  const [mantissa, exponentText] = Math.abs(value).toExponential(6).split('e') as [string, string];
  const exponent = Number(exponentText);
  const sign = value < 0 ? '-' : '+';
  return `${sign}${mantissa}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(3, '0')}`;
}

const trimZeros = (text: string): string =>
  text.includes('.') ? text.replace(/0+$/, '').replace(/\.$/, '') : text;
