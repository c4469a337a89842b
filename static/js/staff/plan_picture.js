// The pictures of a day's plan. Each mark has its name beside it, at the right
// end, where there is room for words; all days have the same scale.
import { html } from '../lib/html.js'
import { useWidth } from './chart.js'
import { shortDay } from './days.js'
import { inDesks, isOver } from './plan_hour.js'

const HIGH = 248 // px
const TOP = 22 // px for words over the highest mark
const BOTTOM = 24 // px for the hours
const LEFT = 30 // px for the desks
const WORDS = 152 // px for the names at the right
const NARROW = 460 // px; below, the names stand in more lines
const LEAST = 200 // px; below, no hour has any width left
const LINE = 15 // px between two names

/** @param {{page: Object, day: Object, top: number, said: string}} props */
export function DayPicture({ page, day, top, said }) {
  const { t } = page
  const [ref, width] = useWidth(560, LEAST)
  const right = width < NARROW ? 92 : WORDS
  const { hours } = day
  const first = hours[0].hour
  const count = hours[hours.length - 1].hour - first + 1
  const wide = (width - LEFT - right) / count
  const x = (hour) => LEFT + (hour - first) * wide
  const y = (desks) => TOP + (1 - desks / top) * (HIGH - TOP - BOTTOM)
  const gap = Math.min(6, wide / 6)
  const every = wide < 30 ? 2 : 1
  const last = hours[hours.length - 1]
  const each = hours.map((h) => ({ ...h, x: x(h.hour), desks: inDesks(h.capacity_minutes, h), open: inDesks(h.capacity_minutes - h.kept_minutes, h),
    booked: inDesks(h.booked_minutes, h), all: inDesks(h.booked_minutes + h.held_minutes, h), expected: h.walk_in_minutes === null ? null : inDesks(h.booked_minutes + h.held_minutes + h.walk_in_minutes, h) }))
  const end = each[each.length - 1]
  const named = (y, text, strong) => ({ y, text, strong, lines: linesOf(text, right - 8) })
  const names = apart([
    named(y(end.desks), t('supervisor.plan_is_desks', { Count: Math.round(end.desks * 10) / 10 }), true),
    end.desks > end.open && named(y((end.desks + end.open) / 2) + 4, t('supervisor.plan_is_kept')),
    end.expected !== null && named(y(end.expected), t('supervisor.plan_is_expected')),
    named(y(end.booked / 2) + 4, t('supervisor.plan_is_booked')),
  ].filter(Boolean))
  const held = each.find((h) => h.held_minutes > 0)
  return html`<div class="plan__picture" ref=${ref}><svg class="chart" role="img" aria-label=${said} width=${width} height=${HIGH}>
    <defs><pattern id="plan-kept" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><path class="plan__hatch" d="M0 0V6" /></pattern></defs>
    ${scaleOf(top).map((n) => html`<g key=${n}><line class="chart__axis" x1=${LEFT} y1=${y(n)} x2=${width - right} y2=${y(n)} /><text class="chart__quiet" x=${LEFT - 8} y=${y(n) + 4} text-anchor="end">${n}</text></g>`)}
    ${each.map((h) => html`<g key=${h.hour}>
      ${h.kept_minutes > 0 && html`<rect fill="url(#plan-kept)" x=${h.x} y=${y(h.desks)} width=${wide} height=${y(h.open) - y(h.desks)} />`}
      ${h.booked_minutes > 0 && html`<rect class="plan__booked" x=${h.x + gap} y=${y(h.booked)} width=${wide - 2 * gap} height=${y(0) - y(h.booked)} />`}
      ${h.held_minutes > 0 && html`<rect class="plan__held" x=${h.x + gap} y=${y(h.all)} width=${wide - 2 * gap} height=${y(h.booked) - y(h.all)} />`}
      ${h.visits > 0 && y(0) - y(h.booked) > 17 && wide > 18 && html`<text class="plan__visits" x=${h.x + wide / 2} y=${y(0) - 5} text-anchor="middle">${h.visits}</text>`}
      ${h.expected !== null && html`<path class=${isOver(h) ? 'plan__expected plan__expected--over' : 'plan__expected'} d=${`M${h.x + wide / 2} ${y(h.all)}V${y(h.expected)}M${h.x + gap} ${y(h.expected)}H${h.x + wide - gap}`} />
        ${isOver(h) && html`<path class="chart__peak" d=${`M${h.x + wide / 2} ${y(h.expected) - 12}l5 8h-10z`} />`}`}
      ${h.extra > 0 && html`<text class="chart__strong" x=${h.x + wide / 2} y=${y(h.desks) - 6} text-anchor="middle">+${h.extra}</text>`}
      ${(h.hour - first) % every === 0 && html`<text class="chart__quiet" x=${h.x} y=${HIGH - 6} text-anchor="middle">${h.hour}</text>`}
    </g>`)}
    <text class="chart__quiet" x=${x(last.hour) + wide} y=${HIGH - 6} text-anchor="middle">${last.hour + 1}</text>
    ${stepsOf(each, wide, y).map((d, i) => html`<path key=${i} class="plan__desks" d=${d} />`)}
    ${names.map((n) => html`<text key=${n.text} class=${n.strong ? 'chart__strong' : 'chart__quiet'} x=${width - right + 8} y=${n.y}>${n.lines.map((line, i) => html`<tspan key=${i} x=${width - right + 8} dy=${i === 0 ? 0 : LINE}>${line}</tspan>`)}</text>`)}
    ${held && html`<text class="chart__quiet" x=${held.x + wide / 2} y=${y(held.all) - 4} text-anchor="middle">${t('supervisor.plan_is_held')}</text>`}
  </svg></div>`
}

/** Whole desks to write at the side: every one, or fewer where there are many. */
function scaleOf(top) {
  const step = [1, 2, 5, 10, 20].find((n) => top / n <= 6) || 50
  return Array.from({ length: Math.floor(top / step) + 1 }, (_, i) => i * step)
}

/** The stepped lines over stretches of hours that follow on each other. */
function stepsOf(hours, wide, y) {
  const lines = []
  let before = null
  for (const h of hours) {
    const step = `H${h.x + wide}`
    if (before && before.hour + 1 === h.hour) lines[lines.length - 1] += `V${y(h.desks)}${step}`
    else lines.push(`M${h.x} ${y(h.desks)}${step}`)
    before = h
  }
  return lines
}

/** Names that would stand on each other move apart, from the top down and back. */
function apart(names) {
  const list = names.toSorted((a, b) => a.y - b.y)
  const need = (n) => n.lines.length * LINE + 3
  for (let i = 1; i < list.length; i++) list[i].y = Math.max(list[i].y, list[i - 1].y + need(list[i - 1]))
  for (let i = list.length - 1; i >= 0; i--) {
    const room = i === list.length - 1 ? HIGH - BOTTOM : list[i + 1].y - LINE - 3
    list[i].y = Math.min(list[i].y, room - (list[i].lines.length - 1) * LINE)
  }
  return list
}

/** Words in lines of at most so many px. */
function linesOf(text, width) {
  const most = Math.floor(width / 7)
  const lines = []
  for (const word of text.split(' ')) {
    const line = lines[lines.length - 1]
    if (line !== undefined && (line + ' ' + word).length <= most) lines[lines.length - 1] = line + ' ' + word
    else lines.push(word)
  }
  return lines
}

const SMALL = 54 // px

/** One day of the week, to be chosen. */
export function WeekPicture({ page, day, top, chosen, today, onChoose }) {
  const { t } = page
  const [ref, width] = useWidth(96, SMALL)
  const first = 6
  const wide = width / 14 // hours from 6 to 20
  const x = (hour) => Math.min(Math.max(hour - first, 0), 13) * wide
  const y = (desks) => SMALL - 1 - (Math.min(desks, top) / top) * (SMALL - 4)
  const each = day.hours.map((h) => ({ ...h, x: x(h.hour), desks: inDesks(h.capacity_minutes, h), booked: inDesks(h.booked_minutes, h) }))
  const state = !day.open ? t('supervisor.plan_week_closed') : day.blackout ? t('supervisor.plan_week_blackout') : t('supervisor.plan_week_visits', { Count: day.visits })
  return html`<button type="button" class="plan__small" aria-pressed=${chosen ? 'true' : 'false'} onClick=${onChoose}>
    <span class="plan__small-day">${shortDay(page, day.day)}${day.day === today && html` <span class="visually-hidden">${t('supervisor.plan_today')}</span>`}</span>
    <span class="plan__small-picture" ref=${ref} aria-hidden="true"><svg class="chart" width=${width} height=${SMALL} focusable="false">
      <line class="chart__axis" x1="0" y1=${SMALL - 0.5} x2=${width} y2=${SMALL - 0.5} />
      ${each.map((h) => h.booked > 0 && html`<rect key=${h.hour} class="plan__booked" x=${h.x + 0.5} y=${y(h.booked)} width=${Math.max(1, wide - 1)} height=${SMALL - 1 - y(h.booked)} />`)}
      ${stepsOf(each, wide, y).map((d, i) => html`<path key=${i} class="plan__desks" d=${d} />`)}
    </svg></span>
    <span class="plan__small-state">${state}</span>
  </button>`
}
