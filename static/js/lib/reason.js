// Why somebody stands where they stand, as a sentence.

/**
 * reasonText puts a reason's parameters into its words.
 *
 * @param {Function} t the page's words
 * @param {{code: string, appointment_at?: string, since?: string, waited_minutes?: number, ceiling_minutes?: number, priority_minutes?: number}} reason
 * @param {number} now the server's time in ms; frames carry no figure that runs
 */
export function reasonText(t, reason, now) {
  const since = reason.since ? Date.parse(reason.since) : 0
  return t('reason.' + reason.code, {
    AppointmentAt: reason.appointment_at ? t.time(reason.appointment_at) : '',
    Since: since ? t.time(since) : '',
    WaitedMinutes: reason.waited_minutes || (since ? Math.max(0, Math.floor((now - since) / 60_000)) : reason.ceiling_minutes || 0),
    CeilingMinutes: reason.ceiling_minutes || 0,
    PriorityMinutes: reason.priority_minutes || 0,
  })
}
