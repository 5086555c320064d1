'use strict';

// ---- The page of a dag: its picture.

for (const view of document.querySelectorAll('.viewport')) { openView(view); }
