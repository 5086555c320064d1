
// ---- The table of nodes: sorted by a click on a heading.

function openNodes(section, run, choose) {
  const collator = new Intl.Collator(undefined, { numeric: true });
  const rank = [7, 6, 1, 2, 3, 0, 4, 5];
  const compareNames = run.count > 30000
    ? (one, other) => run.names[one] < run.names[other] ? -1 : run.names[one] > run.names[other] ? 1 : 0
    : (one, other) => collator.compare(run.names[one], run.names[other]);
  const columns = [
    ['#', 'number', (one, other) => one - other],
    ['Name', '', compareNames],
    ['Status', '', (one, other) => rank[run.state[one]] - rank[run.state[other]]],
    ['Attempts', 'number', (one, other) => run.attemptCount(one) - run.attemptCount(other)],
    ['Start', 'number', (one, other) => run.start[one] - run.start[other]],
    ['Duration', 'number', (one, other) => run.duration(one) - run.duration(other)],
    ['Message', '', (one, other) => collator.compare(run.text('message', one), run.text('message', other))],
  ];
  let order = Uint32Array.from({ length: run.count }, (_, node) => node);
  let mask = null;
  let chosen = -1;

  const head = element('div', 'head');
  head.setAttribute('role', 'group');
  head.setAttribute('aria-label', 'Sort by');
  const rows = element('div', 'rows');
  const table = element('div', 'table');
  table.append(head, rows);
  section.append(table);
  const isNarrow = matchMedia('(max-width: 700px)');
  const list = openList(rows, {
    rowHeight: () => isNarrow.matches ? 48 : 32, draw, choose, label: 'Nodes',
    move: (node, up) => (up ? run.upstream(node) : run.downstream(node))[0] ?? -1,
  });
  isNarrow.addEventListener('change', list.render);

  const sorts = columns.map(([title, classes, compare], column) => {
    const heading = button(title, `Sort by ${title}`, () => sort(column), { sort: column === 0 ? 'up' : '' });
    heading.className = `c${column} ${classes}`;
    head.append(heading);
    return { heading, compare };
  });

  function sort(column) {
    const isUp = sorts[column].heading.dataset.sort !== 'up';
    for (const { heading } of sorts) { heading.dataset.sort = ''; }
    sorts[column].heading.dataset.sort = isUp ? 'up' : 'down';
    const compare = sorts[column].compare;
    order = order.sort(isUp ? (one, other) => compare(one, other) || one - other : (one, other) => compare(other, one) || one - other);
    filter(mask);
  }

  function draw(node, row) {
    const cells = [
      String(node + 1), run.names[node], null, String(run.attemptCount(node)),
      run.start[node] < 0 ? '' : durationText(run.start[node]), run.start[node] < 0 ? '' : durationText(run.duration(node)),
      run.text('message', node).split('\n')[0] || run.itemsText(node),
    ];
    cells.forEach((text, column) => {
      const cell = element('span', `c${column} ${columns[column][1]}`, text ?? undefined);
      if (column === 2) {
        const key = element('span', `key ${run.word(node)}`);
        key.append(element('b', '', run.sign(node)), ` ${run.isRestored(node) ? 'restored' : run.word(node)}`);
        cell.append(key);
      }
      row.append(cell);
    });
    row.setAttribute('aria-label', `${run.describe(node)}${cells[6] ? `: ${cells[6]}` : ''}`);
    row.classList.toggle('critical', run.isCritical(node));
  }

  function filter(next) {
    mask = next;
    list.show(run.pick(order, mask));
    if (chosen >= 0) { list.mark(chosen); }
  }

  filter(null);
  return { filter, mark(node) { chosen = node; list.mark(node); } };
}
