
// ---- The panel: all that is known of the chosen node, or which nodes a box of the graph stands for.

function openPanel(panel, run, { choose, around }) {
  const most = 30;

  function heading(text) { return element('h4', '', text); }

  function link(node) {
    const made = element('a', 'go');
    made.href = `#node=${encodeURIComponent(run.names[node])}`;
    made.append(element('b', `sign ${run.word(node)}`, run.sign(node)), ` ${run.names[node]}`);
    made.addEventListener('click', event => { event.preventDefault(); choose(node); });
    return made;
  }

  function links(title, nodes) {
    if (nodes.length === 0) { return []; }
    const all = element('p', 'links');
    all.append(...Array.from(nodes.slice(0, most), link));
    if (nodes.length > most) { all.append(element('span', 'faint', `and ${(nodes.length - most).toLocaleString('en')} more`)); }
    return [heading(`${title} (${nodes.length.toLocaleString('en')})`), all];
  }

  function text(title, value, classes = '') {
    return value ? [...(title ? [heading(title)] : []), element('pre', classes, value)] : [];
  }

  function top(sign, title, buttons) {
    const bar = element('div', 'top');
    const name = element('h3');
    name.append(sign, ' ', element('span', 'name', title));
    const close = button('×', 'Close (Escape)', () => choose(-1));
    close.setAttribute('aria-label', 'Close');
    bar.append(name, close);
    const row = element('p', 'acts');
    row.append(...buttons);
    return [bar, ...(buttons.length > 0 ? [row] : [])];
  }

  function copyButton(what) {
    const made = button('Copy name', '', async () => {
      await copyText(what);
      made.textContent = 'Copied';
      setTimeout(() => { made.textContent = 'Copy name'; }, 1500);
    });
    return made;
  }

  function times(node) {
    const { attempts, waits } = run;
    const pieces = [];
    for (let i = waits.first[node]; i < waits.first[node + 1]; i++) {
      pieces.push([waits.start[i], waits.length[i], `waits ${waitTexts[waits.kind[i]]}`, '']);
    }
    for (let i = attempts.first[node]; i < attempts.first[node + 1]; i++) {
      const kind = attempts.kind[i] === 4 ? 'asks its preconditions' : `attempt ${attempts.number[i]}: ${attemptWords[attempts.kind[i]]}`;
      pieces.push([attempts.start[i], attempts.length[i], `${attemptSigns[attempts.kind[i]]} ${kind}`, run.textOf(attempts.message[i])]);
    }
    if (pieces.length === 0) { return []; }
    pieces.sort((one, other) => one[0] - other[0]);
    const list = element('ol', 'times');
    for (const [start, length, what, said] of pieces.slice(0, 100)) {
      const item = element('li');
      item.append(element('span', 'number', durationText(start)), element('span', '', what), element('span', 'number', durationText(length)));
      if (said) { item.append(element('span', 'said', said)); }
      list.append(item);
    }
    return [heading('From the start of the run'), list];
  }

  // Which items failed, and why.
  function items(node) {
    const failed = run.failedItems(node);
    if (failed.length === 0) { return []; }
    const list = element('ol', 'items');
    for (const { name, value, message, position, attempts, length } of failed) {
      const item = element('li');
      const who = element('span');
      who.append(element('b', 'sign failed', attemptSigns[2]), ` ${name}${value ? ` (${value})` : ''}`);
      const facts = [...(attempts > 1 ? [`${attempts} attempts`] : []), durationText(length)];
      item.append(who, element('span', 'number', facts.join(' · ')), element('span', 'said', position ? `${message} · ${position}` : message));
      list.append(item);
    }
    const left = run.failedItemCount(node) - failed.length;
    return [heading(`Failed items (${run.failedItemCount(node).toLocaleString('en')})`), list,
      ...(left > 0 ? [element('p', 'faint', `and ${left.toLocaleString('en')} more`)] : [])];
  }

  // A journal keeps what attempts said that failed.
  function said(node) {
    const all = text('What it said', run.text('log', node), 'log');
    if (!run.lacksLog(node)) { return all; }
    const which = run.attemptCount(node) > 1 ? 'its last attempt' : 'it';
    const note = `What ${which} said is not kept in the journal, of which this page was made, because ${which} succeeded.`;
    return [...(all.length > 0 ? all : [heading('What it said')]), element('p', 'faint', note)];
  }

  function show(node) {
    panel.hidden = node < 0;
    document.body.classList.toggle('has-panel', node >= 0);
    if (node < 0) { return; }
    const start = run.start[node];
    const facts = [run.stateText(node)];
    if (start >= 0) {
      facts.push(durationText(run.duration(node)), `from ${run.clock(start)}`);
    }
    if (run.attemptCount(node) > 1) { facts.push(`${run.attemptCount(node)} attempts`); }
    if (run.itemsText(node)) { facts.push(run.itemsText(node)); }
    if (run.isCritical(node)) { facts.push('on the critical path'); }
    const rules = [run.text('pool', node) && !run.text('rules', node).includes('pool') ? `pool ${run.text('pool', node)}` : '',
      ...run.text('rules', node).split('\n')].filter(rule => rule !== '');
    panel.replaceChildren(
      ...top(element('b', `sign ${run.word(node)}`, run.sign(node)), run.names[node],
        [copyButton(run.names[node]), ...(around ? [button('Around it', 'Show what is around it in the graph', () => around(node))] : [])]),
      element('p', 'facts', facts.join(' · ')),
      ...(run.text('description', node) ? [element('p', '', run.text('description', node))] : []),
      ...(run.text('message', node) ? [element('p', 'message', run.text('message', node))] : []),
      ...(run.text('position', node) ? [element('p', 'position', run.text('position', node))] : []),
      ...text('', run.text('source', node).trim(), 'source'),
      ...items(node),
      ...said(node),
      ...times(node),
      ...links('Depends on', run.upstream(node)),
      ...links('Depend on it', run.downstream(node)),
      ...(rules.length > 0 ? [heading('Rules'), element('p', '', rules.join(', '))] : []),
      ...text('Script', run.text('script', node), 'script'),
      ...text('Output', run.text('output', node)),
      ...text('Script stack trace', run.text('stack', node)));
    panel.scrollTop = 0;
  }

  function showMembers(nodes) {
    panel.hidden = false;
    document.body.classList.add('has-panel');
    const rows = element('div', 'rows members');
    panel.replaceChildren(...top('', `${nodes.length.toLocaleString('en')} nodes`, []), rows);
    openList(rows, {
      rowHeight: 26, choose, label: 'Nodes of the box',
      draw(node, row) {
        row.append(element('b', `sign ${run.word(node)}`, run.sign(node)), ' ', element('span', 'name', run.names[node]));
        row.setAttribute('aria-label', run.describe(node));
      },
    }).show(nodes);
  }

  return { show, showMembers };
}

// The clipboard is not there for files in every browser.
async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = element('textarea');
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand('copy');
    area.remove();
  }
}
