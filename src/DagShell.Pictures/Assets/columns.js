'use strict';

// Reads the columns that a page carries along: numbers and texts, deflated, in Base64. ColumnFile.cs writes them.

function readNumbers(bytes, count, isDelta) {
  const numbers = new Float64Array(count);
  let at = 0;
  let before = 0;
  for (let i = 0; i < count; i++) {
    let value = 0;
    let factor = 1;
    let byte = bytes[at++];
    while (byte >= 128) {
      value += (byte - 128) * factor;
      factor *= 128;
      byte = bytes[at++];
    }
    value += byte * factor;
    if (isDelta) {
      // The sign is in the lowest bit.
      before += value % 2 === 0 ? value / 2 : -(value + 1) / 2;
      value = before;
    }
    numbers[i] = value;
  }
  return numbers;
}

async function readColumns(element) {
  const text = atob(element.textContent.trim());
  const packed = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) { packed[i] = text.charCodeAt(i); }
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
  const buffer = await new Response(stream).arrayBuffer();
  const utf8 = new TextDecoder();
  const headerLength = new DataView(buffer).getInt32(0, true);
  const columns = {};
  let start = 4 + headerLength;
  for (const [name, kind, count, length] of JSON.parse(utf8.decode(new Uint8Array(buffer, 4, headerLength)))) {
    const bytes = new Uint8Array(buffer, start, length);
    columns[name] = kind === 'lines' ? utf8.decode(bytes)
      : kind === 'json' ? JSON.parse(utf8.decode(bytes))
      : readNumbers(bytes, count, kind === 'delta');
    start += length;
  }
  element.textContent = '';
  return columns;
}
