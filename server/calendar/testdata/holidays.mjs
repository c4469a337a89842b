// Prints holidays.json: what the npm package date-holidays takes for public
// holidays in Germany. Run it at the root of the repository after "npm ci":
//
//     node server/calendar/testdata/holidays.mjs > server/calendar/testdata/holidays.json
//
// The package's data come from Wikipedia and are under CC BY-SA 3.0; they serve as
// the oracle of a test and are no part of the program.
import { createRequire } from 'node:module'
import Holidays from 'date-holidays'

const { version } = createRequire(import.meta.url)('../../../node_modules/date-holidays/package.json')
const lands = 'BB BE BW BY HB HE HH MV NI NW RP SH SL SN ST TH'.split(' ')
const regions = ['BY-A', 'BY-KATH', 'SN-BZ', 'TH-EIC'] // where single municipalities have more

const years = {}
for (const place of [...lands, ...regions]) {
  const holidays = new Holidays('DE', ...place.split('-'))
  for (let year = 2015; year <= 2040; year++) {
    const days = years[year] ??= {}
    for (const day of holidays.getHolidays(year, 'de')) {
      if (day.type !== 'public') continue
      const at = `${day.date.slice(5, 10)} ${day.name}`
      ;(days[at] ??= []).push(place)
    }
  }
}
for (const [year, days] of Object.entries(years)) {
  const sorted = Object.entries(days).sort(([a], [b]) => (a < b ? -1 : 1))
  years[year] = Object.fromEntries(sorted.map(([at, places]) => [at, places.join(' ')]))
}
console.log(JSON.stringify({ oracle: `date-holidays ${version}`, years }, null, 1))
