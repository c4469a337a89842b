// What is other in a view than in the one before, as docs/live.md describes it.

/**
 * patched makes the later value of the earlier one; it changes neither.
 *
 * @param {any} before
 * @param {any} patch
 * @returns {any}
 */
export function patched(before, patch) {
  if (Array.isArray(patch)) {
    if (patch.length === 1) return patch[0]
    const list = before.slice()
    for (let i = 0; i < patch.length; i += 3) list.splice(patch[i], patch[i + 1], ...patch[i + 2])
    return list
  }
  if (typeof patch === 'number' && typeof before === 'string') return new Date(Date.parse(before) + patch * 1000).toISOString().replace('.000', '')
  if (patch === null || typeof patch !== 'object') return patch
  const after = Array.isArray(before) ? before.slice() : { ...before }
  for (const key of Object.keys(patch)) after[key] = patched(before[key], patch[key])
  return after
}
