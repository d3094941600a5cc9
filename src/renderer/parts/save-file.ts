/**
 * Gives a file to the person: by the shell's own save dialog, in a browser as a download.
 *
 * @returns the path it was saved under, the name alone where a browser chose the folder, null when it was cancelled.
 *   Rejects when the shell could not write it.
 */
export async function saveFile(
  fileName: string,
  mediaType: string,
  content: Uint8Array | string,
): Promise<string | null> {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  if (window.d2nnShell) return window.d2nnShell.saveFile(fileName, bytes);
  const address = URL.createObjectURL(new Blob([bytes as BlobPart], {type: mediaType}));
  const link = document.createElement('a');
  link.href = address;
  link.download = fileName;
  link.click();
  // The download has to have begun before its address goes.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
  return fileName;
}

/** A title as a file name: letters, digits, dots and dashes, at most 80. */
export const fileNameFrom = (text: string): string =>
  text
    .replace(/[^\p{L}\p{N}.-]+/gu, '-')
    .replace(/^[-.]+|[-.]+$/g, '')
    .slice(0, 80) || 'unnamed';
