// One import for pages that draw with Preact: html`<p>…</p>` and the hooks.
import { h, render } from '../../vendor/preact.mjs'
import htm from '../../vendor/htm.module.js'

/** Tagged template that makes Preact elements. */
export const html = htm.bind(h)
export { render }
export { useEffect, useLayoutEffect, useMemo, useRef, useState } from '../../vendor/hooks.mjs'
