package queue

import "fmt"

// Refusal is a command turned down, in words a person can read: Code is a key
// of the catalogue under "refusal.", Params fill its places. It is a value,
// not a fault: nothing was changed and nothing was stored.
type Refusal struct {
	Code   string
	Params map[string]any
}

// Error names the code alone; params may be typed by a person.
func (r *Refusal) Error() string { return "refused: " + r.Code }

// Is makes errors.Is compare codes.
func (r *Refusal) Is(target error) bool {
	t, ok := target.(*Refusal)
	return ok && t.Code == r.Code
}

func refuse(code string, pairs ...any) *Refusal {
	r := &Refusal{Code: code}
	for i := 0; i+1 < len(pairs); i += 2 {
		if r.Params == nil {
			r.Params = map[string]any{}
		}
		r.Params[fmt.Sprint(pairs[i])] = pairs[i+1]
	}
	return r
}

// The codes of a Refusal.
const (
	RefusedUnknownService     = "unknown_service"     // Service
	RefusedNoService          = "no_service"          // a ticket without a service
	RefusedTooManyServices    = "too_many_services"   // Max
	RefusedServiceTwice       = "service_twice"       // Service
	RefusedQuantity           = "quantity"            // Max
	RefusedPriority           = "priority"            // Max
	RefusedOfficeClosed       = "office_closed"       // Opens: next opening, may be zero
	RefusedIntakeClosed       = "intake_closed"       // a supervisor closed the intake
	RefusedIntakeFull         = "intake_full"         // no more can be served before closing
	RefusedContingent         = "contingent"          // Category
	RefusedUnknownDesk        = "unknown_desk"        //
	RefusedDeskTaken          = "desk_taken"          // somebody else has the desk
	RefusedDeskClosed         = "desk_closed"         //
	RefusedDeskPaused         = "desk_paused"         //
	RefusedDeskNotPaused      = "desk_not_paused"     //
	RefusedDeskCalling        = "desk_calling"        // Number: a called person has not been dealt with
	RefusedNobodyHere         = "nobody_here"         // the desk has no ticket
	RefusedState              = "state"               // Number, State: not possible in this state
	RefusedUnknownTicket      = "unknown_ticket"      //
	RefusedUnknownReason      = "unknown_reason"      //
	RefusedUnknownOffice      = "unknown_office"      //
	RefusedTransferTarget     = "transfer_target"     // exactly one of service, desk, office
	RefusedSameDesk           = "same_desk"           //
	RefusedNothingToUndo      = "nothing_to_undo"     //
	RefusedUndoTooLate        = "undo_too_late"       // Seconds
	RefusedUndoOvertaken      = "undo_overtaken"      // somebody has acted on that ticket since
	RefusedUnknownAppointment = "unknown_appointment" //
	RefusedArrived            = "arrived"             // Number: already checked in
	RefusedWrongDay           = "wrong_day"           // Date: the appointment's day
	RefusedAppointmentTime    = "appointment_time"    // before today or too far ahead
	RefusedCodeTaken          = "code_taken"          // an appointment of that day has this code
	RefusedUntil              = "until"               // an end that is not in the future
	RefusedNotice             = "notice"              // Max: characters
	RefusedPlannedMinutes     = "planned_minutes"     // Max: a length out of bounds
	RefusedPlannedDay         = "planned_day"         // before today, or too far ahead
	RefusedPlannedNobody      = "planned_nobody"      // no desk would take so long a visit
	RefusedPlannedNone        = "planned_none"        // nothing was set for that day
	RefusedNotBookable        = "not_bookable"        // citizens do not book it by themselves
	RefusedServiceOver        = "service_over"        // the day until which it was booked is past
	RefusedSlotPast           = "slot_past"           // begins too soon, or has begun
	RefusedSlotDay            = "slot_day"            // a day that is not open for booking
	RefusedSlotTaken          = "slot_taken"          // no desk is free for it then
	RefusedQuota              = "quota"               // no more of this kind that day
	RefusedHoldLapsed         = "hold_lapsed"         // the time is kept no longer
	RefusedSameTime           = "same_time"           // the appointment is at that time
	RefusedDelay              = "delay"               // Max: minutes; once
	RefusedDelayLate          = "delay_late"          // the appointment's grace is over
	RefusedTerms              = "terms"               // Field: out of bounds
	RefusedUnknownWish        = "unknown_wish"        //
	RefusedWishDays           = "wish_days"           // days that are past or the wrong way round
	RefusedWishHours          = "wish_hours"          // hours that do not end after they begin
	RefusedWishFull           = "wish_full"           // the waiting list takes no more
	RefusedUnknownPaper       = "unknown_paper"       // not one of the visit's papers
)

// RefusalCodes lists every code once, for the catalogue's test.
var RefusalCodes = []string{
	RefusedUnknownService, RefusedNoService, RefusedTooManyServices, RefusedServiceTwice, RefusedQuantity,
	RefusedPriority, RefusedOfficeClosed, RefusedIntakeClosed, RefusedIntakeFull, RefusedContingent,
	RefusedUnknownDesk, RefusedDeskTaken, RefusedDeskClosed, RefusedDeskPaused, RefusedDeskNotPaused,
	RefusedDeskCalling, RefusedNobodyHere, RefusedState, RefusedUnknownTicket, RefusedUnknownReason,
	RefusedUnknownOffice, RefusedTransferTarget, RefusedSameDesk, RefusedNothingToUndo, RefusedUndoTooLate,
	RefusedUndoOvertaken, RefusedUnknownAppointment, RefusedArrived, RefusedWrongDay, RefusedAppointmentTime,
	RefusedCodeTaken, RefusedUntil, RefusedNotice, RefusedPlannedMinutes, RefusedPlannedDay, RefusedPlannedNobody,
	RefusedPlannedNone, RefusedNotBookable, RefusedServiceOver, RefusedSlotPast, RefusedSlotDay, RefusedSlotTaken, RefusedQuota,
	RefusedHoldLapsed, RefusedSameTime, RefusedDelay, RefusedDelayLate, RefusedTerms, RefusedUnknownWish, RefusedWishDays,
	RefusedWishHours, RefusedWishFull, RefusedUnknownPaper,
}
