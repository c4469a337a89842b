// Says as JSON what ical.js reads in the calendar on stdin.
import { readFileSync } from 'node:fs'
import ICAL from '../../../node_modules/ical.js/dist/ical.js'

const cal = new ICAL.Component(ICAL.parse(readFileSync(0, 'utf8')))
const vevents = cal.getAllSubcomponents('vevent')
if (vevents.length !== 1) throw new Error(`${vevents.length} events`)
const event = new ICAL.Event(vevents[0])
const utc = time => {
  if (time.zone !== ICAL.Timezone.utcTimezone) throw new Error('not in UTC')
  return time.toJSDate().toISOString().replace('.000', '')
}
console.log(JSON.stringify({
  Method: cal.getFirstPropertyValue('method'),
  UID: event.uid,
  Start: utc(event.startDate),
  End: utc(event.endDate),
  Summary: event.summary,
  Location: event.location,
  Status: vevents[0].getFirstPropertyValue('status'),
  Sequence: event.sequence,
  Alarms: vevents[0].getAllSubcomponents('valarm').length,
  Organizer: event.organizer,
  Attendee: event.attendees.map(a => a.getFirstValue()).join(' '),
}))
