
// ---- Time: how it is written, and where it lies on a line on which long stretches without work are squeezed.

// As DurationText.cs writes them.
function durationText(seconds) {
  if (seconds < 0.00995) { return `${+(seconds * 1000).toFixed(1)} ms`; }
  if (seconds < 0.9995) { return `${(seconds * 1000).toFixed(0)} ms`; }
  if (seconds < 59.95) { return `${+seconds.toFixed(1)} s`; }
  if (seconds < 60) { return '1 min'; }
  const two = (whole, unit, rest, smaller) => rest === 0
    ? `${Math.floor(whole)} ${unit}`
    : `${Math.floor(whole)} ${unit} ${String(Math.floor(rest)).padStart(2, '0')} ${smaller}`;
  if (seconds < 3600) { return two(seconds / 60, 'min', seconds % 60, 's'); }
  if (seconds < 3 * 86400) { return two(seconds / 3600, 'h', seconds / 60 % 60, 'min'); }
  return two(seconds / 86400, 'd', seconds / 3600 % 24, 'h');
}

function tickStep(least) {
  const steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 21600, 43200, 86400];
  if (least > 1) { return steps.find(step => step >= least) ?? Math.ceil(least / 86400) * 86400; }
  const power = 10 ** Math.floor(Math.log10(least));
  return [1, 2, 5, 10].map(factor => factor * power).find(step => step >= least * 0.999999);
}

function tickText(time, step) {
  if (step < 0.01) { return `${+(time * 1000).toFixed(3)} ms`; }
  if (step < 1) { return `${+time.toFixed(2)} s`; }
  if (time < 60 && step < 60) { return `${Math.round(time)} s`; }
  const two = number => String(Math.floor(number)).padStart(2, '0');
  return `${Math.floor(time / 3600)}:${two(time / 60 % 60)}:${two(time % 60)}`;
}

// From times in seconds to places between 0 and 1, and back. A stretch of 10 s and a tenth of the run in which nothing ran is squeezed.
function timeScale(total, starts, lengths) {
  const Bins = 2048;
  const covered = new Int32Array(Bins + 1);
  const binOf = time => Math.min(Bins - 1, Math.max(0, Math.floor(time / total * Bins)));
  for (let i = 0; i < starts.length; i++) {
    covered[binOf(starts[i])]++;
    covered[binOf(starts[i] + lengths[i]) + 1]--;
  }

  // Bins are coarse: when exactly the work before ended, and the work after began.
  const exact = (from, to) => {
    let [start, end] = [0, total];
    for (let i = 0; i < starts.length; i++) {
      if (starts[i] + lengths[i] <= from + total / Bins) { start = Math.max(start, starts[i] + lengths[i]); }
      if (starts[i] >= to - total / Bins) { end = Math.min(end, starts[i]); }
    }
    return [start, end];
  };

  const least = Math.max(10, total / 10);
  const parts = [];
  let open = 0;
  let from = 0;
  for (let bin = 0, idleFrom = -1; bin <= Bins; bin++) {
    open += bin < Bins ? covered[bin] : 0;
    const isIdle = bin < Bins && open === 0;
    if (isIdle && idleFrom < 0) {
      idleFrom = bin;
    } else if (!isIdle && idleFrom >= 0 && (bin - idleFrom + 2) * total / Bins < least) {
      idleFrom = -1;
    } else if (!isIdle && idleFrom >= 0) {
      const [start, end] = exact(idleFrom * total / Bins, bin * total / Bins);
      if (end - start >= least && starts.length > 0) {
        if (start > from) { parts.push({ start: from, end: start, squeezed: false }); }
        parts.push({ start, end, squeezed: true });
        from = end;
      }
      idleFrom = -1;
    }
  }
  if (from < total || parts.length === 0) { parts.push({ start: from, end: Math.max(total, 1e-9), squeezed: false }); }

  const squeezedWidth = 0.03;
  const squeezed = parts.filter(part => part.squeezed).length;
  const busyTime = parts.reduce((sum, part) => sum + (part.squeezed ? 0 : part.end - part.start), 0);
  const rest = Math.max(0.3, 1 - squeezed * squeezedWidth);
  let place = 0;
  for (const part of parts) {
    part.from = place;
    place += part.squeezed ? (1 - rest) / squeezed : rest * (part.end - part.start) / busyTime;
    part.to = place;
  }

  return {
    parts,
    placeOf(time) {
      const part = parts.find(part => time < part.end) ?? parts[parts.length - 1];
      return part.from + (Math.max(part.start, Math.min(part.end, time)) - part.start) / (part.end - part.start) * (part.to - part.from);
    },
  };
}
