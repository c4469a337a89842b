// Package notify tells people of their appointments by e-mail and SMS. It
// follows the journal and writes what is to be said into an outbox, one row per
// record, recipient, kind and channel; a worker for each channel sends what is
// due. A row holds no personal data: the recipient is read from people when it
// is sent, and the office's state is looked at again, so that nothing is sent of
// an appointment that no longer stands. What may be sent twice and what may not
// is written in docs/decisions/notify.md.
//
// Contacts end here too: they are kept as long as the appointment needs them,
// and erased when its cancelling has been told.
package notify
