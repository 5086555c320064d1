
// ---- A run, as its columns tell it. Times are in seconds from its start.

// Where the values of each node begin among those of all.
function firstOf(counts) {
  const first = new Uint32Array(counts.length + 1);
  for (let i = 0; i < counts.length; i++) { first[i + 1] = first[i] + counts[i]; }
  return first;
}

function openRun(columns, facts) {
  const second = columns.unit[0] / 1e7;
  const names = columns.name.split('\n');
  const count = columns.state.length;
  const total = Number(facts.makespan) / 1e7;
  const inSeconds = numbers => numbers.map(number => number < 0 ? -1 : number * second);
  const start = inSeconds(columns.start);
  const end = inSeconds(columns.end);
  const ready = inSeconds(columns.ready);
  const attempts = { first: firstOf(columns.attempts), slot: columns['attempt.slot'], number: columns['attempt.number'],
    start: inSeconds(columns['attempt.start']), length: inSeconds(columns['attempt.length']), kind: columns['attempt.kind'],
    message: columns['attempt.message'] };
  const waits = { first: firstOf(columns.waits), kind: columns['wait.kind'], start: inSeconds(columns['wait.start']),
    length: inSeconds(columns['wait.length']) };

  // Items of nodes: what slots did, in stretches of several items one after the other, and those that failed.
  const none = new Float64Array(0);
  const column = name => columns[name] ?? none;
  const stretches = { node: column('stretch.node'), slot: column('stretch.slot'), start: inSeconds(column('stretch.start')),
    length: inSeconds(column('stretch.length')), kind: column('stretch.kind') };
  const failedFirst = firstOf(columns.failed ?? new Float64Array(count));

  // All that slots did, attempts and stretches alike.
  const nodeOfAttempt = new Float64Array(attempts.slot.length);
  for (let node = 0; node < count; node++) { nodeOfAttempt.fill(node, attempts.first[node], attempts.first[node + 1]); }
  const joined = (one, other) => {
    const all = new Float64Array(one.length + other.length);
    all.set(one);
    all.set(other, one.length);
    return all;
  };
  const work = stretches.slot.length === 0 ? { ...attempts, node: nodeOfAttempt } : {
    node: joined(nodeOfAttempt, stretches.node), slot: joined(attempts.slot, stretches.slot), start: joined(attempts.start, stretches.start),
    length: joined(attempts.length, stretches.length), kind: joined(attempts.kind, stretches.kind) };

  // From the first stretch of a node to the end of the last.
  let spans = null;
  function spanOf(node) {
    if (spans === null) {
      spans = new Map();
      for (let i = 0; i < stretches.slot.length; i++) {
        const span = spans.get(stretches.node[i]) ?? { start: Infinity, end: 0 };
        span.start = Math.min(span.start, stretches.start[i]);
        span.end = Math.max(span.end, stretches.start[i] + stretches.length[i]);
        spans.set(stretches.node[i], span);
      }
    }
    return spans.get(node);
  }

  const upFirst = firstOf(columns.upstream);
  const up = columns['upstream.node'];

  // Who depends on whom, the other way round.
  const downCounts = new Uint32Array(count);
  for (let i = 0; i < up.length; i++) { downCounts[up[i]]++; }
  const downFirst = firstOf(downCounts);
  const down = new Uint32Array(up.length);
  const next = downFirst.slice();
  for (let node = 0; node < count; node++) {
    for (let i = upFirst[node]; i < upFirst[node + 1]; i++) { down[next[up[i]]++] = node; }
  }

  const localStart = Date.parse(`${facts.start.slice(0, 19)}Z`);
  const lower = columns.name.toLowerCase();
  let byName = null;
  let lowerTexts = null;

  const run = {
    count, names, total, start, end, ready, attempts, waits, work, spanOf, columns,
    // The time of day where the run was.
    clock: time => new Date(localStart + time * 1000).toISOString().slice(11, 19),
    state: columns.state,
    isCritical: node => (columns.flags[node] & 1) !== 0,
    countsAsFailed: node => (columns.flags[node] & 2) !== 0,
    isRestored: node => (columns.flags[node] & 4) !== 0,
    word: node => stateWords[columns.state[node]],
    sign: node => run.isRestored(node) ? '↺' : stateSigns[columns.state[node]],
    stateText: node => run.isRestored(node) ? `${run.word(node)} in an earlier run`
      : columns.state[node] === Failed && !run.countsAsFailed(node) ? 'failed, tolerated' : run.word(node),
    text: (column, node) => columns[column][node] > 0 ? columns.texts[columns[column][node] - 1] : '',
    textOf: number => number > 0 ? columns.texts[number - 1] : '',
    duration: node => start[node] < 0 ? 0 : Math.max(0, (end[node] < 0 ? total : end[node]) - start[node]),
    // Attempts in which the script was started: a poll is none.
    attemptCount(node) {
      let made = 0;
      for (let i = attempts.first[node]; i < attempts.first[node + 1]; i++) { made += attempts.kind[i] === 4 ? 0 : 1; }
      return made;
    },
    // How many items a node has and how they stand, as NodeFacts.cs says it; nothing of a node without.
    itemsText(node) {
      const [all, done, failed] = ['items', 'items.done', 'items.failed'].map(name => columns[name]?.[node] ?? 0);
      if (all === 0) { return ''; }
      const count = done < all ? `${done.toLocaleString('en')} of ${all.toLocaleString('en')} items`
        : all === 1 ? '1 item' : `${all.toLocaleString('en')} items`;
      return failed === 0 ? count : `${count}, ${failed.toLocaleString('en')} failed`;
    },
    failedItemCount: node => columns['items.failed']?.[node] ?? 0,
    // The first of a node's items that failed.
    failedItems: node => Array.from({ length: failedFirst[node + 1] - failedFirst[node] }, (_, i) => {
      const at = failedFirst[node] + i;
      const text = name => run.textOf(columns[`failed.${name}`][at]);
      return { name: text('name'), value: text('value'), message: text('message'), position: text('position'),
        attempts: columns['failed.attempts'][at], length: columns['failed.length'][at] * second };
    }),
    // Whether it may have said something that the page does not know.
    lacksLog: node => facts.logs === 'failed' && run.attemptCount(node) > 0 && attempts.kind[attempts.first[node + 1] - 1] === 1,
    upstream: node => up.slice(upFirst[node], upFirst[node + 1]),
    downstream: node => down.slice(downFirst[node], downFirst[node + 1]),
    indexOf(name) {
      byName ??= new Map(names.map((known, index) => [known.toLowerCase(), index]));
      return byName.get(name.toLowerCase()) ?? -1;
    },
    describe: node => `${names[node]}, ${run.stateText(node)}` + (run.itemsText(node) === '' ? '' : `, ${run.itemsText(node)}`)
      + (start[node] < 0 ? '' : `, ${durationText(run.duration(node))}`) + (run.isCritical(node) ? ', on the critical path' : ''),
    // Those of some nodes, in their order, that a mask has.
    pick(nodes, mask) {
      if (mask === null) { return nodes; }
      const picked = new Uint32Array(nodes.length);
      let length = 0;
      for (let i = 0; i < nodes.length; i++) { if (mask[nodes[i]] === 1) { picked[length++] = nodes[i]; } }
      return picked.subarray(0, length);
    },
    // Which nodes have all words in their names, or in what they failed with.
    find(text) {
      const words = text.toLowerCase().split(/\s+/).filter(word => word !== '');
      const found = new Uint8Array(count);
      if (words.length === 0) { return found.fill(1); }
      for (let node = 0, line = 0, at = lower.indexOf(words[0]); at >= 0; ) {
        for (let end = lower.indexOf('\n', line); end >= 0 && end < at; end = lower.indexOf('\n', line)) { line = end + 1; node++; }
        const end = lower.indexOf('\n', at);
        const name = words.length === 1 ? '' : lower.slice(line, end < 0 ? lower.length : end);
        found[node] = words.length === 1 || words.every(word => name.includes(word)) ? 1 : 0;
        at = end < 0 ? -1 : lower.indexOf(words[0], end);
      }
      lowerTexts ??= columns.texts.map(said => said.toLowerCase());
      const isSaid = lowerTexts.map(said => words.every(word => said.includes(word)));
      if (isSaid.includes(true)) {
        for (let node = 0; node < count; node++) {
          if (columns.message[node] > 0 && isSaid[columns.message[node] - 1]) { found[node] = 1; }
        }
      }
      return found;
    },
  };
  return run;
}
