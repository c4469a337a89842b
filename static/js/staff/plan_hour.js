// One hour of a day's plan, as figures.

/** Minutes of desks' time in an hour, in desks. An hour may be two long, when clocks go back. */
export const inDesks = (minutes, hour) => minutes / Math.max(1, (Date.parse(hour.to) - Date.parse(hour.from)) / 60_000)

/** Whether more is to be expected in an hour than its desks can take. */
export const isOver = (hour) => hour.walk_in_minutes !== null && hour.booked_minutes + hour.walk_in_minutes > hour.capacity_minutes
