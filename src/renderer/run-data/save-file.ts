/** Gives bytes to the person as a file: the browser or the shell asks where to. */
export function saveFile(fileName: string, mediaType: string, bytes: Uint8Array): void {
  // A copy on an ordinary buffer, as a blob wants it.
  const url = URL.createObjectURL(new Blob([Uint8Array.from(bytes)], {type: mediaType}));
  const link = document.createElement('a');
  link.href = url;
  link.download = fileName;
  link.click();
  // The download reads the address a little later.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
