/**
 * What the page may do, said to Chromium with every answer: by the shell's `app:` protocol and by the HTTP server
 * alike, so that a page which works in one works in the other.
 */

/**
 * The one style element that react-aria puts into the head when the first pressable thing appears (touch-action for
 * pressable elements). Its text is fixed in the package, so its hash is allowed and no other inline style is.
 */
export const reactAriaPressStyleHash = 'sha256-38RhXrc7EdReTKsOm23ZPOCUgniTUUcjky8QOOrQx6o=';

const directives: Readonly<Record<string, string>> = {
  'default-src': "'none'",
  'script-src': "'self'",
  'style-src': `'self' '${reactAriaPressStyleHash}'`,
  'img-src': "'self' blob: data:",
  'font-src': "'self'",
  // 'self' covers the WebSocket of the same origin too.
  'connect-src': "'self'",
  'worker-src': "'self' blob:",
  'frame-src': "'self' blob:",
  'base-uri': "'none'",
  'form-action': "'none'",
  'frame-ancestors': "'none'",
};

/** Value of the Content-Security-Policy header of every answer that carries the page or a part of it. */
export const contentSecurityPolicy = Object.entries(directives)
  .map(([name, value]) => `${name} ${value}`)
  .join('; ');

/** Headers of every answer that carries the page or a part of it. */
export const pageHeaders: Readonly<Record<string, string>> = {
  'Content-Security-Policy': contentSecurityPolicy,
  'X-Content-Type-Options': 'nosniff',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  // Gamepads are for jogging; nothing else of the machine is any business of the page.
  'Permissions-Policy':
    'camera=(), microphone=(), geolocation=(), usb=(), serial=(), hid=(), display-capture=()',
};

/** Content types of the files that a build of the page may hold; another kind of file is not served. */
export const pageContentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
};
