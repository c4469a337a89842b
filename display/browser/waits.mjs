// What tests of waits share: figures come from the program, and are written
// with the very words and rules of the page.
import { readFile } from 'node:fs/promises'
import { tellNew, tellWait, waitText } from '../../static/js/lib/wait.js'
import { createWords } from '../../static/js/lib/words.js'

const CALM_WITHIN = 20_000 // ms; a look ahead takes a second, a frame another

const words = JSON.parse(await readFile(new URL('../words/de.json', import.meta.url), 'utf8'))
const t = createWords('de', words)

/** A newcomer's wait as a German page writes it. */
export const shortText = (wait, form = '') => {
  const told = tellNew(wait)
  return told ? waitText(t, told, form) : '–'
}

/** A waiting person's minutes as a German page writes them at an instant; '': not yet. */
export const leftText = (wait, now) => (wait ? waitText(t, tellWait(wait, now), 'left_') : '')

/**
 * calm asks the program and reads the page until both say the same; what runs
 * between is a look ahead of a second. It gives what the program said.
 *
 * @param {() => Promise<any>} ask
 * @param {() => Promise<any>} read what the page shows
 * @param {(said: any) => any} expected what it should show
 */
export async function calm(ask, read, expected) {
  const end = Date.now() + CALM_WITHIN
  for (;;) {
    const said = await ask()
    const [shown, wanted] = [JSON.stringify(await read()), JSON.stringify(expected(said))]
    if (shown === wanted) return said
    if (Date.now() > end) throw new Error(`the page shows ${shown}, the program says ${wanted}`)
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
}
