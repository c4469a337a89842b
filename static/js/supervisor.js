// The supervisor: the room as it is, and what concerns the whole house.
import { html, render, useState } from './lib/html.js'
import { Confirm } from './staff/asks.js'
import { NextHours } from './staff/ahead.js'
import { Bar, Voice, hoursText } from './staff/bar.js'
import { Devices } from './staff/devices.js'
import { Feeds } from './staff/feeds.js'
import { DeskRow, Figures, PeopleLine } from './staff/floor.js'
import { Notice, Opening } from './staff/house.js'
import { Ledger } from './staff/ledger.js'
import { Lengths } from './staff/lengths.js'
import { Messages } from './staff/messages.js'
import { Missing } from './staff/missing.js'
import { numberText, readPage } from './staff/page.js'
import { Plan } from './staff/plan.js'
import { usePress } from './staff/press.js'
import { useNow, useRoom } from './staff/room.js'
import { Terms } from './staff/terms.js'
import { WhatIf } from './staff/what_if.js'

const page = readPage()
const { t } = page

function App() {
  const room = useRoom(page.boot)
  const press = usePress(page)
  const now = useNow(room.skew, 10_000)
  const [ask, setAsk] = useState(null)
  const [changed, setChanged] = useState(0)
  const [wanted, setWanted] = useState(null)
  const [terms, setTerms] = useState(0)
  const { view } = room
  if (!view) return html`<p class="quiet">${t('common.wait')}</p>`
  return html`<${Bar} page=${page} room=${room} title=${t('supervisor.title')} state=${hoursText(page, view.hours)}><a class="bar__link" href=${'/privacy/' + encodeURIComponent(page.office)}>${t('supervisor.privacy')}</a></${Bar}>
    <${Voice} page=${page} room=${room} press=${press} />
    <main class="supervisor" id="main">
      <div class="supervisor__room">
        <${DeskRow} page=${page} view=${view} now=${now} onDesk=${(desk) => setAsk({ action: 'desk', desk })} />
        <${PeopleLine} page=${page} view=${view} now=${now} />
        <${NextHours} page=${page} view=${view} onAsk=${setWanted} />
        <${WhatIf} page=${page} view=${view} press=${press} wanted=${wanted} />
        <${Figures} page=${page} view=${view} now=${now} />
      </div>
      <div class="supervisor__house">
        <${Opening} page=${page} view=${view} now=${now} press=${press} onAsk=${setAsk} />
        <${Notice} page=${page} view=${view} press=${press} />
        <${Devices} page=${page} now=${now} press=${press} onAsk=${setAsk} changed=${changed} />
      </div>
      <div class="supervisor__past">
        <${Ledger} page=${page} />
        <${Lengths} page=${page} press=${press} />
      </div>
      <div class="supervisor__booking">
        <div class="supervisor__plan">
          <${Plan} page=${page} now=${now} of=${terms} />
          <${Feeds} page=${page} press=${press} />
          <${Messages} page=${page} press=${press} />
        </div>
        <div class="supervisor__plan">
          <${Terms} page=${page} press=${press} onChanged=${() => setTerms((n) => n + 1)} />
          <${Missing} page=${page} />
        </div>
      </div>
    </main>
    ${ask && html`<${Ask} ask=${ask} press=${press} onClose=${() => setAsk(null)} onRevoked=${() => setChanged((n) => n + 1)} />`}`
}

function Ask({ ask, press, onClose, onRevoked }) {
  const send = async (action, url, said) => {
    onClose()
    return press.send(action, url, {}, { said })
  }
  if (ask.action === 'desk') {
    const desk = page.name(ask.desk.names)
    const ticket = ask.desk.ticket
    const text = !ticket ? '' : ticket.state === 'called' ? t('supervisor.desk_calls', { Number: numberText(ticket.number) }) : t('desk.next_ends', { Number: numberText(ticket.number) })
    return html`<${Confirm} page=${page} title=${t('desk.close_title', { Desk: desk })} text=${text} yes=${t('supervisor.close_desk')} bad onClose=${onClose}
      onYes=${() => send('close-desk', page.api + '/desks/' + encodeURIComponent(ask.desk.desk) + '/close', t('supervisor.said_desk_closed', { Desk: desk }))} />`
  }
  if (ask.action === 'revoke') {
    const label = ask.device.label || ask.device.id
    return html`<${Confirm} page=${page} title=${t('supervisor.revoke_title', { Label: label })} text=${t('supervisor.revoke_text')} yes=${t('supervisor.revoke')} bad onClose=${onClose}
      onYes=${async () => { if (await send('revoke', '/api/v1/devices/' + encodeURIComponent(ask.device.id) + '/revoke', t('supervisor.said_revoked', { Label: label }))) onRevoked() }} />`
  }
  return html`<${Confirm} page=${page} title=${t('supervisor.close_title')} text=${t('supervisor.close_text')} yes=${t('supervisor.close_office')} bad onClose=${onClose}
    onYes=${() => send('close', page.api + '/close', t('supervisor.said_closed'))} />`
}

render(html`<${App} />`, document.getElementById('app'))
