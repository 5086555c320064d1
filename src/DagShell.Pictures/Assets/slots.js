
// ---- The slots: what each of them did, drawn on a canvas, since a slot may have had a hundred thousand nodes.

function openSlots(host, run, scale, windowOf, choose) {
  const rowHeight = 24;
  const gutter = 58;
  const canvas = document.createElement('canvas');
  const plane = element('div', 'plane');
  host.tabIndex = 0;
  host.setAttribute('role', 'img');
  host.append(plane, canvas);
  const { work: attempts } = run;
  let slots = null;
  let mask = null;
  let chosen = -1;
  let frame = 0;

  // The attempts of each slot that was used, by their start; made when they are first looked at.
  function slotsOf() {
    if (slots === null) {
      const used = new Map();
      for (let i = 0; i < attempts.slot.length; i++) {
        const slot = attempts.slot[i];
        if (!used.has(slot)) { used.set(slot, { slot, work: [] }); }
        used.get(slot).work.push({ attempt: i, node: attempts.node[i] });
      }
      slots = [...used.values()].sort((one, other) => one.slot - other.slot);
      for (const { work } of slots) { work.sort((one, other) => attempts.start[one.attempt] - attempts.start[other.attempt]); }
      plane.style.height = `${Math.max(1, slots.length) * rowHeight}px`;
      host.setAttribute('aria-label', `Timeline, a row a slot: ${slots.length} slots`);
    }
    return slots;
  }

  const partOf = (time, view) => (scale.placeOf(time) - view.from) / (view.to - view.from);

  function draw() {
    frame = 0;
    const all = slotsOf();
    const width = host.clientWidth;
    const height = Math.min(host.clientHeight, all.length * rowHeight);
    const ratio = devicePixelRatio;
    canvas.width = width * ratio;
    canvas.height = height * ratio;
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
    const pen = canvas.getContext('2d');
    pen.scale(ratio, ratio);
    const style = getComputedStyle(host);
    const isForced = matchMedia('(forced-colors: active)').matches;
    const colour = name => style.getPropertyValue(name).trim();
    const text = isForced ? 'CanvasText' : colour('--text');
    const fills = attemptWords.map(word => isForced ? (word.startsWith('failed') ? 'CanvasText' : 'Canvas') : {
      succeeded: colour('--succeeded-fill'), failed: colour('--failed-line'), 'failed again': colour('--failed-fill'),
      running: colour('--running-fill'), poll: colour('--waiting-fill'), cancelled: colour('--cancelled-fill'),
    }[word]);
    const lines = attemptWords.map(word => isForced ? 'CanvasText' : {
      succeeded: colour('--succeeded-line'), failed: colour('--failed-line'), 'failed again': colour('--failed-line'),
      running: colour('--running-line'), poll: colour('--waiting-line'), cancelled: colour('--cancelled-line'),
    }[word]);
    pen.font = '12px system-ui, sans-serif';
    pen.textBaseline = 'middle';
    const view = windowOf();
    const first = Math.floor(host.scrollTop / rowHeight);
    for (let slot = first; slot < all.length && (slot - first) * rowHeight <= height; slot++) {
      const top = slot * rowHeight - host.scrollTop;
      let reached = -1;
      for (const { attempt, node } of all[slot].work) {
        const left = gutter + partOf(attempts.start[attempt], view) * (width - gutter);
        const right = gutter + partOf(attempts.start[attempt] + attempts.length[attempt], view) * (width - gutter);
        if (right < gutter) { continue; }
        if (left > width) { break; }
        const kind = attempts.kind[attempt];
        // What is less than a pixel beside another is seen only if it failed.
        if (right < reached + 0.5 && kind !== 2 && node !== chosen) { continue; }
        reached = Math.max(reached, right);
        const from = Math.max(gutter, left);
        const size = Math.max(1, Math.min(right, width) - from);
        pen.globalAlpha = mask !== null && mask[node] === 0 ? 0.2 : 1;
        pen.fillStyle = fills[kind];
        pen.fillRect(from, top + 3, size, rowHeight - 6);
        if (size > 3) {
          pen.strokeStyle = node === chosen ? text : lines[kind];
          pen.lineWidth = node === chosen || run.isCritical(node) ? 2.5 : 1;
          pen.strokeRect(from + 0.5, top + 3.5, size - 1, rowHeight - 7);
        }
        if (size > 14) {
          pen.save();
          pen.beginPath();
          pen.rect(from, top, size - 3, rowHeight);
          pen.clip();
          pen.fillStyle = kind === 2 ? (isForced ? 'Canvas' : '#ffffff') : text;
          pen.fillText(`${attemptSigns[kind]} ${size > 40 ? run.names[node] : ''}`, from + 3, top + rowHeight / 2 + 1);
          pen.restore();
        }
      }
      pen.globalAlpha = 1;
      pen.fillStyle = isForced ? 'CanvasText' : colour('--faint');
      pen.fillText(`slot ${all[slot].slot + 1}`, 6, top + rowHeight / 2);
    }
  }

  function redraw() { frame ||= requestAnimationFrame(draw); }

  function nodeAt(event) {
    const place = host.getBoundingClientRect();
    const slot = Math.floor((event.clientY - place.top + host.scrollTop) / rowHeight);
    const view = windowOf();
    const x = (event.clientX - place.left - gutter) / (host.clientWidth - gutter);
    const reach = 2 / host.clientWidth;
    let best = -1;
    for (const { attempt, node } of slotsOf()[slot]?.work ?? []) {
      const left = partOf(attempts.start[attempt], view);
      if (left > x + reach) { break; }
      if (partOf(attempts.start[attempt] + attempts.length[attempt], view) >= x - reach) { best = node; }
    }
    return best;
  }

  host.addEventListener('click', event => { const node = nodeAt(event); if (node >= 0) { choose(node); } });
  host.addEventListener('pointermove', event => {
    const node = nodeAt(event);
    host.title = node < 0 ? '' : run.describe(node);
  });
  host.addEventListener('scroll', redraw, { passive: true });
  new ResizeObserver(() => { if (!host.hidden) { redraw(); } }).observe(host);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', redraw);

  return {
    redraw,
    filter(next) { mask = next; slotsOf(); redraw(); },
    mark(node) { chosen = node; if (!host.hidden) { redraw(); } },
  };
}
