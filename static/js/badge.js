// The small page that other sites frame: it asks again now and then.
import { again } from './lib/again.js'

again('#badge', 15_000) // ms; what may be kept for ten seconds
