
// ---- Several runs: a row a node, a column a run. A cell opens the page of its run, which is packed into this one.

async function openHistory() {
  const data = document.getElementById('columns');
  const columns = await readColumns(data);
  const runs = columns.start.length;
  const names = columns.name.split('\n');
  const rows = names.length;
  const stateOf = (row, run) => columns[`state.${run}`][row] - 1;
  const marksOf = (row, run) => columns[`marks.${run}`][row];
  const isFailed = row => { for (let run = 0; run < runs; run++) { if (stateOf(row, run) === Failed) { return true; } } return false; };
  const isSlow = row => { for (let run = 0; run < runs; run++) { if ((marksOf(row, run) & 2) !== 0) { return true; } } return false; };
  for (const plain of document.querySelectorAll('.plain')) { plain.remove(); }

  // First what failed in the newest run, then what is slow in it, then what failed in others, then the longest.
  const last = runs - 1;
  const weight = Float64Array.from({ length: rows }, (_, row) =>
    (stateOf(row, last) === Failed ? 4e12 : 0) + ((marksOf(row, last) & 2) !== 0 ? 2e12 : 0) + (isFailed(row) ? 1e12 : 0)
      + Math.min(columns.median[row], 9e11));
  const order = Uint32Array.from({ length: rows }, (_, row) => row).sort((one, other) => weight[other] - weight[one] || one - other);

  const section = document.querySelector('section.grid');
  const scroller = element('div', 'runs');
  const head = element('div', 'head line');
  const body = element('div', 'rows');
  section.style.setProperty('--runs', runs);
  const top = element('div', 'top-row');
  top.append(head);
  scroller.append(top, body);
  section.append(scroller);
  head.append(element('span', 'who', 'Node'));
  for (let run = 0; run < runs; run++) {
    const [day, time] = columns.start[run].split(' ');
    const status = columns.status[run];
    const sign = { Succeeded: '✓', Failed: '✗', Running: '►' }[status] ?? '■';
    const cell = element('a', `cell head-cell ${status.toLowerCase()}`);
    cell.append(element('b', '', sign), element('span', '', `${day.slice(5)} ${time.slice(0, 5)}`), element('span', 'number', columns.took[run]));
    link(cell, run, '', `Run of ${columns.start[run]}: ${status.toLowerCase()} in ${columns.took[run]}`);
    head.append(cell);
  }
  head.append(element('span', 'median number', 'Median'));

  // Pages of runs open from within: an address of their own each, made when it is first wanted.
  const addresses = new Map();
  function addressOf(run) {
    if (!addresses.has(run)) { addresses.set(run, URL.createObjectURL(new Blob([columns.page[run]], { type: 'text/html' }))); }
    return addresses.get(run);
  }

  function link(cell, run, name, title) {
    cell.title = title;
    cell.setAttribute('aria-label', title.replaceAll('\n', ', '));
    if (columns.page[run] === '') { return; }
    cell.href = '#';
    cell.target = '_blank';
    cell.tabIndex = name === '' ? 0 : -1;
    cell.addEventListener('click', event => {
      event.preventDefault();
      event.stopPropagation();
      open(`${addressOf(run)}${name === '' ? '' : `#node=${encodeURIComponent(name)}`}`, '_blank');
    });
  }

  const timeText = value => value > 0 ? durationText((value - 1) / 1000) : '';

  function draw(row, line) {
    line.append(element('span', 'who name', names[row]));
    const told = [];
    for (let run = 0; run < runs; run++) {
      const state = stateOf(row, run);
      const cell = element('a', 'cell');
      line.append(cell);
      if (state < 0) { continue; }
      const marks = marksOf(row, run);
      const sign = (marks & 4) !== 0 ? '↺' : stateSigns[state];
      const took = timeText(columns[`duration.${run}`][row]);
      const message = columns[`message.${run}`][row] > 0 ? columns.texts[columns[`message.${run}`][row] - 1] : '';
      cell.className = `cell ${stateWords[state]}${(marks & 1) !== 0 ? ' new-failure' : ''}${(marks & 2) !== 0 ? ' slow' : ''}`;
      cell.append(element('b', '', `${sign}${(marks & 1) !== 0 ? ' new' : ''}${(marks & 2) !== 0 ? ' ▲' : ''}`), element('span', 'number', took));
      const words = [(marks & 1) !== 0 ? 'new failure' : '', (marks & 2) !== 0 ? 'twice its median or more' : ''].filter(word => word !== '');
      link(cell, run, names[row], [`${names[row]}, ${columns.start[run]}: ${stateWords[state]}${took ? ` in ${took}` : ''}`, ...words, message]
        .filter(text => text !== '').join('\n'));
      if (run === last) { told.push(stateWords[state], took, ...words, message); }
    }
    const median = timeText(columns.median[row]);
    line.append(element('span', 'median number', median));
    line.setAttribute('aria-label', [names[row], ...told, median ? `median ${median}` : ''].filter(text => text !== '').join(', '));
  }

  // The row of a node leads to the newest run that has it.
  function choose(row) {
    for (let run = last; run >= 0; run--) {
      if (stateOf(row, run) >= 0 && columns.page[run] !== '') {
        open(`${addressOf(run)}#node=${encodeURIComponent(names[row])}`, '_blank');
        return;
      }
    }
  }

  const list = openList(body, { rowHeight: 40, draw, choose, label: 'Nodes, and how they did in each run' });

  // ---- What is shown.

  const bar = document.querySelector('.filter');
  bar.hidden = false;
  const input = bar.querySelector('input');
  const found = bar.querySelector('.found');
  const lower = names.map(name => name.toLowerCase());
  function filter() {
    const only = [...bar.querySelectorAll('[aria-pressed=true]')].map(pressed => pressed.dataset.only);
    const words = input.value.toLowerCase().split(/\s+/).filter(word => word !== '');
    const shown = order.filter(row => words.every(word => lower[row].includes(word))
      && (only.length === 0 || (only.includes('failed') && isFailed(row)) || (only.includes('slow') && isSlow(row))));
    found.textContent = shown.length === rows ? '' : `${shown.length.toLocaleString('en')} of ${rows.toLocaleString('en')}`;
    list.show(shown);
  }
  input.addEventListener('input', filter);
  for (const only of bar.querySelectorAll('[data-only]')) {
    only.addEventListener('click', () => {
      only.setAttribute('aria-pressed', only.getAttribute('aria-pressed') !== 'true');
      filter();
    });
  }
  filter();

  // Names stay in sight, and so do the newest runs; the heads of the columns go along.
  body.addEventListener('scroll', () => { top.scrollLeft = body.scrollLeft; }, { passive: true });
  body.scrollLeft = body.scrollWidth;
  performance.mark('ready');
}

if ('DecompressionStream' in window) {
  openHistory();
}
