
// ---- The timeline: a row a node, or a row a slot; first what failed, what was critical, and what took longest.

function importantFirst(run) {
  const order = Uint32Array.from({ length: run.count }, (_, node) => node);
  const byStart = order.slice().sort((one, other) => startKey(one) - startKey(other) || one - other);
  const isTaken = new Uint8Array(run.count);
  const first = [];
  const take = nodes => { for (const node of nodes) { if (!isTaken[node]) { isTaken[node] = 1; first.push(node); } } };
  function startKey(node) { return run.start[node] < 0 ? Infinity : run.start[node]; }
  const failed = byStart.filter(node => run.state[node] === Failed);
  take(failed.filter(node => run.countsAsFailed(node)));
  take(failed);
  take(byStart.filter(node => run.isCritical(node)));
  take(longest(run, 30));
  take(byStart);
  return { important: Uint32Array.from(first), byStart };
}

function longest(run, most) {
  const best = [];
  for (let node = 0; node < run.count; node++) {
    const time = run.duration(node);
    if (time > 0 && (best.length < most || time > run.duration(best[best.length - 1]))) {
      best.push(node);
      best.sort((one, other) => run.duration(other) - run.duration(one) || one - other);
      best.length = Math.min(best.length, most);
    }
  }
  return best;
}

function openTimeline(section, run, choose) {
  const host = section.querySelector('.timeline');
  const scale = timeScale(Math.max(run.total, 1e-6), run.work.start, run.work.length);
  const { important, byStart } = importantFirst(run);
  let window_ = { from: 0, to: 1 };
  let way = 'important';
  let shown = important;
  let chosen = -1;

  host.innerHTML = '';
  const tools = element('div', 'tools-row');
  const axis = element('div', 'axis');
  axis.setAttribute('aria-hidden', 'true');
  const rows = element('div', 'rows');
  const slots = element('div', 'slots');
  slots.hidden = true;
  host.append(tools, axis, rows, slots);

  const list = openList(rows, {
    rowHeight: 26, draw: drawRow, choose, label: 'Timeline, a row a node',
    move: (node, up) => (up ? run.upstream(node) : run.downstream(node))[0] ?? -1,
  });
  const slotView = openSlots(slots, run, scale, () => window_, choose);

  // From a place on the whole line to one in the window, in parts of its width.
  const partOf = place => (place - window_.from) / (window_.to - window_.from);

  function bar(track, classes, start, length, title, sign) {
    const from = Math.max(-0.01, partOf(scale.placeOf(start)));
    const to = Math.min(1.01, partOf(scale.placeOf(start + length)));
    if (to < 0 || from > 1) { return; }
    const piece = element('i', classes);
    piece.style.left = `${from * 100}%`;
    piece.style.width = `${Math.max(0, to - from) * 100}%`;
    piece.title = title;
    if (sign) { piece.append(element('b', '', sign)); }
    track.append(piece);
  }

  function drawRow(node, row) {
    const who = element('span', 'who');
    who.append(element('b', `sign ${run.word(node)}`, run.sign(node)), ' ', element('span', 'name', run.names[node]));
    who.title = run.names[node];
    const track = element('span', 'track');
    const { attempts, waits } = run;
    for (let i = waits.first[node]; i < waits.first[node + 1]; i++) {
      bar(track, `bar wait ${waitWords[waits.kind[i]]}`, waits.start[i], waits.length[i],
        `${run.names[node]} waits ${waitTexts[waits.kind[i]]}\n${durationText(waits.length[i])}`);
    }
    for (let i = attempts.first[node]; i < attempts.first[node + 1]; i++) {
      bar(track, `bar ${attemptWords[attempts.kind[i]]}${run.isCritical(node) ? ' critical' : ''}`, attempts.start[i], attempts.length[i],
        `${run.names[node]}, attempt ${attempts.number[i]}: ${attemptWords[attempts.kind[i]]}\n${durationText(attempts.length[i])}, from `
          + `${attempts.start[i].toFixed(3)} s to ${(attempts.start[i] + attempts.length[i]).toFixed(3)} s`,
        attemptSigns[attempts.kind[i]]);
    }
    const items = run.spanOf(node);
    if (items) {
      const kind = run.failedItemCount(node) > 0 ? 2 : 1;
      bar(track, `bar items ${attemptWords[kind]}${run.isCritical(node) ? ' critical' : ''}`, items.start, items.end - items.start,
        `${run.names[node]}: ${run.itemsText(node)}\n${durationText(items.end - items.start)}, from ${items.start.toFixed(3)} s`
          + ` to ${items.end.toFixed(3)} s`,
        `${attemptSigns[kind]} ${run.itemsText(node)}`);
    }
    row.append(who, track, element('span', 'took number', run.start[node] < 0 ? '–' : durationText(run.duration(node))));
    row.setAttribute('aria-label', run.describe(node));
    row.classList.toggle('critical', run.isCritical(node));
  }

  function drawAxis() {
    const width = Math.max(1, axis.clientWidth);
    const marks = [];
    for (const part of scale.parts) {
      const [left, right] = [partOf(part.from), partOf(part.to)];
      if (right <= 0 || left >= 1) { continue; }
      if (part.squeezed) {
        const gap = element('span', 'squeezed', '⫽');
        gap.style.left = `${left * 100}%`;
        gap.style.width = `${(right - left) * 100}%`;
        gap.title = `${durationText(part.end - part.start)} in which nothing ran, squeezed`;
        marks.push(gap);
        continue;
      }
      const perSecond = width * (right - left) / (part.end - part.start);
      const step = tickStep(Math.max(1e-6, 110 / perSecond));
      const visibleFrom = part.start + Math.max(0, -left) / (right - left) * (part.end - part.start);
      for (let time = Math.ceil(Math.max(part.start, visibleFrom - step) / step - 1e-9) * step; time < part.end && marks.length < 60; time += step) {
        const at = partOf(scale.placeOf(time));
        if (at > 1) { break; }
        if (at < 0) { continue; }
        const mark = element('span', '', tickText(time, step));
        mark.style.left = `${at * 100}%`;
        marks.push(mark);
      }
    }
    axis.replaceChildren(...marks);
  }

  function redraw() {
    drawAxis();
    if (slots.hidden) { list.redraw(); } else { slotView.redraw(); }
  }

  function zoom(factor, at = 0.5) {
    const width = Math.min(1, Math.max(1e-6, (window_.to - window_.from) / factor));
    const middle = window_.from + at * (window_.to - window_.from);
    const from = Math.max(0, Math.min(1 - width, middle - at * width));
    window_ = { from, to: from + width };
    redraw();
  }

  function pan(part) {
    const width = window_.to - window_.from;
    const from = Math.max(0, Math.min(1 - width, window_.from + part * width));
    window_ = { from, to: from + width };
    redraw();
  }

  function setWay(next) {
    way = next;
    for (const button of tools.querySelectorAll('[data-way]')) { button.setAttribute('aria-pressed', button.dataset.way === way); }
    rows.hidden = way === 'slots';
    slots.hidden = way !== 'slots';
    host.classList.toggle('by-slot', way === 'slots');
    filter(mask);
  }

  let mask = null;
  function filter(next) {
    mask = next;
    if (way === 'slots') {
      slotView.filter(mask);
    } else {
      const order = way === 'important' ? important : byStart;
      shown = run.pick(order, mask);
      list.show(shown);
      if (chosen >= 0) { list.mark(chosen); }
    }
    drawAxis();
  }

  const ways = element('div', 'ways');
  ways.setAttribute('role', 'group');
  ways.setAttribute('aria-label', 'Rows');
  for (const [name, text] of [['important', 'Important first'], ['start', 'By start'], ['slots', 'Slots']]) {
    ways.append(button(text, '', () => setWay(name), { way: name }));
  }
  const zooms = element('div', 'zoom');
  zooms.append(
    button('←', 'Earlier', () => pan(-0.5)), button('→', 'Later', () => pan(0.5)),
    button('−', 'Less detail', () => zoom(0.5)), button('+', 'More detail', () => zoom(2)), button('Fit', 'Show all', () => zoom(0)));
  const legend = element('p', 'legend');
  for (const [kind, text] of [['succeeded', '✓ succeeded'], ['failed', '✗ failed'], ['failed again', '✗ tried again'],
    ['wait slot', 'queued'], ['wait retry', 'waiting'], ['critical', 'critical path']]) {
    const item = element('span', 'kind');
    item.append(element('i', `swatch ${kind}`), text);
    legend.append(item);
  }
  tools.append(ways, legend, zooms);
  host.addEventListener('wheel', event => {
    const place = axis.getBoundingClientRect();
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      zoom(Math.exp(-event.deltaY * 0.002), Math.max(0, Math.min(1, (event.clientX - place.left) / place.width)));
    } else if (event.shiftKey) {
      event.preventDefault();
      pan((event.deltaY || event.deltaX) / 800);
    }
  }, { passive: false });
  host.addEventListener('keydown', event => {
    const actions = { '+': () => zoom(2), '=': () => zoom(2), '-': () => zoom(0.5), 0: () => zoom(0) };
    if (!event.ctrlKey && !event.metaKey && !event.altKey && event.key in actions) {
      event.preventDefault();
      actions[event.key]();
    }
  });
  new ResizeObserver(drawAxis).observe(axis);
  setWay('important');

  return {
    filter,
    get shown() { return shown; },
    mark(node) {
      chosen = node;
      list.mark(node);
      slotView.mark(node);
    },
  };
}
