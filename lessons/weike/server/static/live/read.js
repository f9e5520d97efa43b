// Messages of a process as they come over its connection.

/** One with buffers begins with their number and places; the first piece is the JSON. */
export function read(data) {
  if (typeof data === "string") return JSON.parse(data);
  const view = new DataView(data);
  const pieces = view.getUint32(0);
  const begin = view.getUint32(4);
  const end = pieces > 1 ? view.getUint32(8) : data.byteLength;
  return JSON.parse(new TextDecoder().decode(new Uint8Array(data, begin, end - begin)));
}
