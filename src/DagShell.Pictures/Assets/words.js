
// ---- What the numbers in columns mean.

const stateWords = ['pending', 'ready', 'running', 'waiting', 'succeeded', 'failed', 'skipped', 'cancelled'];
const stateSigns = ['·', '○', '►', '…', '✓', '✗', '»', '■'];
const attemptWords = ['running', 'succeeded', 'failed', 'failed again', 'poll', 'cancelled'];
const attemptSigns = ['►', '✓', '✗', '✗', '?', '■'];
const waitWords = ['slot', 'pool', 'retry', 'precondition'];
const waitTexts = ['for a slot', 'for a place in its pool', 'for its next attempt', 'for a precondition'];
const Failed = 5;
