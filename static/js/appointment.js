// An appointment's page: all of it is there without this; only when the call is
// likely is asked for again.
import { again } from './lib/again.js'

again('#likely', 60_000) // ms; hours before, minutes do not matter
