// Small pictures, drawn at the width they have. Their unit is a sixteenth of a
// rem, so that they grow with the words in them. Nothing in them has to be
// decoded: what a mark is stands beside it.
import { html, useLayoutEffect, useRef, useState } from '../lib/html.js'

const UNITS = 16 // of a picture in a rem

/** A length of a picture as CSS has it. */
export const rem = (units) => units / UNITS + 'rem'

/**
 * The width of an element in a picture's units, kept true.
 *
 * @param {number} first until it is known
 * @param {number} [least] what the picture needs
 * @returns {[Object, number]} a ref and the width
 */
export function useWidth(first, least = 120) {
  const ref = useRef(null)
  const [width, setWidth] = useState(first)
  useLayoutEffect(() => {
    const look = () => ref.current && setWidth(Math.max(least, Math.floor((ref.current.clientWidth * UNITS) / parseFloat(getComputedStyle(document.documentElement).fontSize))))
    const watch = new ResizeObserver(look)
    watch.observe(ref.current)
    look()
    return () => watch.disconnect()
  }, [])
  return [ref, width]
}

/** A round number not below x, for the end of a scale. */
export function roundUp(x) {
  const step = [5, 10, 20, 30, 60, 120, 240].find((s) => x <= 4 * s) || 480
  return Math.max(step, Math.ceil(x / step) * step)
}

/**
 * Pair is two figures on one scale: from a ring to a dot.
 *
 * @param {{from: number|null, to: number|null, max: number}} props null: there is none
 */
export function Pair({ from, to, max }) {
  const [ref, width] = useWidth(160)
  const x = (v) => 7 + (Math.min(v, max) / max) * (width - 14)
  const ends = from !== null && to !== null
  return html`<span class="pair" ref=${ref}><svg class="chart" viewBox=${`0 0 ${width} 20`} width=${rem(width)} height=${rem(20)} aria-hidden="true" focusable="false">
    <line class="chart__axis" x1="0" y1="10" x2=${width} y2="10" />
    ${ends && html`<line class="chart__way" x1=${x(from)} y1="10" x2=${x(to)} y2="10" />`}
    ${from !== null && html`<circle class="chart__ring" cx=${x(from)} cy="10" r="5" />`}
    ${to !== null && html`<circle class="chart__dot" cx=${x(to)} cy="10" r="5" />`}
  </svg></span>`
}

/** What Pair's marks are, for the head of their column. */
export const PairHead = ({ from, to }) => html`<span class="pair__head"><svg class="chart" viewBox="0 0 12 12" width=${rem(12)} height=${rem(12)} aria-hidden="true" focusable="false"><circle class="chart__ring" cx="6" cy="6" r="4.5" /></svg> ${from}
  <svg class="chart" viewBox="0 0 12 12" width=${rem(12)} height=${rem(12)} aria-hidden="true" focusable="false"><circle class="chart__dot" cx="6" cy="6" r="5" /></svg> ${to}</span>`

const HIGH = 132 // of a band's picture
const LEFT = 4
const RIGHT = 64 // for the words at the end of the lines
const TOP = 24 // for the words over the highest point
const BOTTOM = 22

/**
 * Band is how long somebody would wait who comes later: the middle as a line,
 * the range as a band around it, the target as a line with its name.
 *
 * @param {{page: Object, steps: Array<Object>, target: number, max: number, said: string}} props
 */
export function Band({ page, steps, target, max, said }) {
  const { t } = page
  const [ref, width] = useWidth(280)
  const times = steps.map((s) => Date.parse(s.at))
  const [first, last] = [times[0], times[times.length - 1]]
  const x = (time) => LEFT + ((time - first) / Math.max(1, last - first)) * (width - LEFT - RIGHT)
  const y = (minutes) => TOP + (1 - Math.min(minutes, max) / max) * (HIGH - TOP - BOTTOM)
  const runs = runsOf(steps)
  const peak = highest(steps)
  const end = steps.findLast((s) => s.known)
  const hours = wholeHours(first, last, width, page.boot.zone).filter((h) => x(h) >= 18)
  const over = peak && target > 0 && peak.middle > target
  return html`<div class="band" ref=${ref}><svg class="chart" role="img" aria-label=${said} viewBox=${`0 0 ${width} ${HIGH}`} width=${rem(width)} height=${rem(HIGH)}>
    <line class="chart__axis" x1=${LEFT} y1=${y(0)} x2=${width - RIGHT} y2=${y(0)} />
    ${hours.map((h) => html`<g key=${h}><line class="chart__axis" x1=${x(h)} y1=${y(0)} x2=${x(h)} y2=${y(0) + 4} /><text class="chart__quiet" x=${x(h)} y=${HIGH - 4} text-anchor="middle">${t.time(h)}</text></g>`)}
    ${runs.map((run, i) => html`<g key=${i}>
      <polygon class="chart__band" points=${[...run.map((s) => [s, s.high]), ...run.toReversed().map((s) => [s, s.low])].map(([s, m]) => x(Date.parse(s.at)) + ',' + y(m)).join(' ')} />
      <polyline class="chart__line" points=${run.map((s) => x(Date.parse(s.at)) + ',' + y(s.middle)).join(' ')} />
    </g>`)}
    ${target > 0 && html`<g><line class="chart__target" x1=${LEFT} y1=${y(target)} x2=${width - RIGHT} y2=${y(target)} />
      <text class="chart__quiet" x=${width - RIGHT + 6} y=${y(target) + 4}>${t('supervisor.ahead_target', { Count: target })}</text></g>`}
    ${over && html`<g><line class="chart__lead" x1=${x(Date.parse(peak.at))} y1="17" x2=${x(Date.parse(peak.at))} y2=${y(peak.middle)} /><circle class="chart__peak" cx=${x(Date.parse(peak.at))} cy=${y(peak.middle)} r="5" />
      <text class="chart__strong" x=${Math.min(Math.max(x(Date.parse(peak.at)), 58), width - RIGHT)} y="12" text-anchor="middle">${t.time(peak.at)} · ${t('desk.minutes', { Count: Math.round(peak.middle) })}</text></g>`}
    ${!over && end && html`<text class="chart__strong" x=${width - RIGHT + 6} y=${clear(y(end.middle) + 4, target > 0 ? y(target) + 4 : -99)}>${end.low}–${end.high}</text>`}
  </svg></div>`
}

/** Words at the end of two lines do not stand on each other. */
const clear = (at, other) => (Math.abs(at - other) >= 15 ? at : at > other ? other + 15 : other - 15)

/** The stretches in which something is known. */
export function runsOf(steps) {
  const runs = []
  let run = null
  for (const step of steps) {
    if (!step.known) run = null
    else if (run) run.push(step)
    else runs.push((run = [step]))
  }
  return runs
}

const highest = (steps) => steps.filter((s) => s.known).reduce((best, s) => (!best || s.middle > best.middle ? s : best), null)

/** Hours to write at the foot: every one, or fewer where there is no room. */
function wholeHours(first, last, width, zone) {
  const room = Math.max(2, Math.floor((width - LEFT - RIGHT) / 52))
  const every = [1, 2, 3, 4, 6].find((n) => (last - first) / 3_600_000 / n <= room) || 6
  const hour = new Intl.DateTimeFormat('en', { hour: 'numeric', hourCycle: 'h23', timeZone: zone })
  const marks = []
  for (let at = Math.ceil(first / 1_800_000) * 1_800_000; at <= last; at += 1_800_000) {
    const whole = new Intl.DateTimeFormat('en', { minute: 'numeric', timeZone: zone }).format(at) === '0'
    if (whole && Number(hour.format(at)) % every === 0) marks.push(at)
  }
  return marks
}
