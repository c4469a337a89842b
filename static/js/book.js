// The booking pages work without this. With it the search and the list of
// papers answer while one types, the time that is kept counts down, and the
// form for a time carries a proof of work.
import { again } from './lib/again.js'
import { live } from './lib/live_form.js'
import { countDown } from './lib/count_down.js'
import { prove } from './lib/proof.js'

for (const form of document.querySelectorAll('form[data-live]')) live(form)

const until = document.getElementById('until')
if (until) countDown(until)

const times = document.querySelector('form[data-proof]')
if (times) prove(times.dataset.proof).then((proof) => { times.elements.proof.value = proof })

if (document.querySelector('main[data-again]')) again('main', 20_000) // ms; an offer is there for minutes

// A page that says what is wrong begins there.
document.getElementById('faults')?.focus()

for (const link of document.querySelectorAll('[data-print]')) {
  link.addEventListener('click', (event) => {
    event.preventDefault()
    print()
  })
}
