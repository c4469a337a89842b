// Opening an office from the page behind the one-time link, without leaving
// it. Without this script the forms do the same by themselves.
import { command, newKey } from './lib/command.js'
import { createWords } from './lib/words.js'
import { todayAt } from './staff/find.js'

const boot = JSON.parse(document.getElementById('boot')?.textContent || 'null')

// Words and the zone come with the page; without them the plain form it is.
if (boot) {
  const t = createWords(boot.lang, boot.words, { timeZone: boot.zone })
  for (const form of document.querySelectorAll('form[data-office]')) {
    const status = form.querySelector('[role="status"]')
    let key = newKey()
    form.addEventListener('submit', async (event) => {
      event.preventDefault()
      const time = form.elements.until.value
      status.textContent = t('common.wait')
      const until = time ? todayAt(time, Date.now(), boot.zone) : null
      const result = await command('/api/v1/offices/' + encodeURIComponent(form.dataset.office) + '/open', { until }, { key })
      if (result.ok || result.status !== 0) key = newKey()
      status.textContent = result.ok ? t('setup.opened') : result.detail || t('common.unreachable')
    })
  }
}
