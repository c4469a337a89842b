package web

import (
	"errors"
	"net/http"
	"strings"
	"sync"

	"aufruf/server/office"
	"aufruf/server/people"
	"aufruf/server/queue"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humafiber"
	"github.com/danielgtaylor/huma/v2/validation"
	"github.com/gofiber/fiber/v2"
)

// fault is one thing that is wrong with a request. Code is a key of the
// catalogue under "error."; Location says where, in words of ours and never in
// the caller's; the value itself is nowhere.
type fault struct {
	Code     string
	Location string
	Params   map[string]any
	refusal  bool // its words are under "refusal."
}

func (f *fault) Error() string { return f.Code }

// problem is a request turned down: a status, a code whose words are under
// "error." or "refusal.", and what else is to be said.
type problem struct {
	Status     int
	Code       string
	Params     map[string]any
	Faults     []*fault
	RetryAfter int    // seconds; 0: not said
	Close      bool   // nothing more is read from this connection
	words      string // prefix of the code in the catalogue; empty: "error."
	cause      error  // for the log alone
}

func (p *problem) Error() string { return p.Code }
func (p *problem) Unwrap() error { return p.cause }

// The codes of problems and faults.
const (
	codeBadRequest   = "bad_request"
	codeValidation   = "validation"
	codeUnsigned     = "unauthorized"
	codeForbidden    = "forbidden"
	codeForeign      = "foreign_origin"
	codeNotFound     = "not_found"
	codeMethod       = "method_not_allowed"
	codeTimeout      = "timeout"
	codeTooLarge     = "too_large"
	codeMediaType    = "media_type"
	codeHeader       = "header_too_large"
	codeTooMany      = "too_many_requests"
	codeCodeTries    = "too_many_codes"
	codeNobodyAlone  = "nobody_alone"
	codePairings     = "too_many_pairings"
	codeUnknownCode  = "unknown_device_code"
	codeInternal     = "internal"
	codeBusy         = "busy"
	codeUnknown      = "outcome_unknown"
	codeReadOnly     = "read_only"
	codeDiskFull     = "disk_full"
	codeKeyReused    = "key_reused"
	codeRequired     = "required"
	codeUnexpected   = "unexpected"
	codeInvalid      = "invalid"
	codeMalformed    = "malformed"
	codeBadUTF8      = "bad_utf8"
	codeTooDeep      = "too_deep"
	codeDuplicateKey = "duplicate_key"
	codeTime         = "want_time"
	codeBoolean      = "want_boolean"
	codeNumber       = "want_number"
	codeInteger      = "want_integer"
	codeText         = "want_text"
	codeList         = "want_list"
	codeObject       = "want_object"
	codeOneOf        = "one_of"
	codeMinimum      = "minimum"
	codeMaximum      = "maximum"
	codeTooShort     = "too_short"
	codeTooLong      = "too_long"
	codeTooFew       = "too_few"
	codeTooMuch      = "too_much"
	codeTooManyHolds = "too_many_holds"
	codeConfirmCode  = "confirm_code"
	codeNumberFull   = "number_full"
	codeNumberWishes = "number_wishes"
	codeShareHours   = "share_hours"
	codeDay          = "want_day"
	codeListedTwice  = "listed_twice"

	codeNoContact       = "no_contact"
	codeUnknownCategory = "unknown_category"
	codeNobodyChosen    = "nobody_chosen"
	codeCSVHeader       = "csv_header"
	codeCSVLine         = "csv_line"
)

// statusOf is the one table from a refusal to its status: what is asked for is
// not there (404), makes no sense (422), or does not go now (409).
var statusOf = map[string]int{
	queue.RefusedUnknownService:     http.StatusUnprocessableEntity,
	queue.RefusedNoService:          http.StatusUnprocessableEntity,
	queue.RefusedTooManyServices:    http.StatusUnprocessableEntity,
	queue.RefusedServiceTwice:       http.StatusUnprocessableEntity,
	queue.RefusedQuantity:           http.StatusUnprocessableEntity,
	queue.RefusedPriority:           http.StatusUnprocessableEntity,
	queue.RefusedPlannedMinutes:     http.StatusUnprocessableEntity,
	queue.RefusedPlannedDay:         http.StatusUnprocessableEntity,
	queue.RefusedNotBookable:        http.StatusUnprocessableEntity,
	queue.RefusedServiceOver:        http.StatusUnprocessableEntity,
	queue.RefusedSlotPast:           http.StatusConflict,
	queue.RefusedSlotDay:            http.StatusConflict,
	queue.RefusedSlotTaken:          http.StatusConflict,
	queue.RefusedQuota:              http.StatusConflict,
	queue.RefusedHoldLapsed:         http.StatusConflict,
	queue.RefusedSameTime:           http.StatusConflict,
	queue.RefusedDelay:              http.StatusUnprocessableEntity,
	queue.RefusedDelayLate:          http.StatusConflict,
	queue.RefusedTerms:              http.StatusUnprocessableEntity,
	queue.RefusedUnknownWish:        http.StatusNotFound,
	queue.RefusedWishDays:           http.StatusUnprocessableEntity,
	queue.RefusedWishHours:          http.StatusUnprocessableEntity,
	queue.RefusedWishFull:           http.StatusConflict,
	queue.RefusedUnknownPaper:       http.StatusUnprocessableEntity,
	queue.RefusedPlannedNobody:      http.StatusUnprocessableEntity,
	queue.RefusedPlannedNone:        http.StatusNotFound,
	queue.RefusedOfficeClosed:       http.StatusConflict,
	queue.RefusedIntakeClosed:       http.StatusConflict,
	queue.RefusedIntakeFull:         http.StatusConflict,
	queue.RefusedContingent:         http.StatusConflict,
	queue.RefusedUnknownDesk:        http.StatusNotFound,
	queue.RefusedDeskTaken:          http.StatusConflict,
	queue.RefusedDeskClosed:         http.StatusConflict,
	queue.RefusedDeskPaused:         http.StatusConflict,
	queue.RefusedDeskNotPaused:      http.StatusConflict,
	queue.RefusedDeskCalling:        http.StatusConflict,
	queue.RefusedNobodyHere:         http.StatusConflict,
	queue.RefusedState:              http.StatusConflict,
	queue.RefusedUnknownTicket:      http.StatusNotFound,
	queue.RefusedUnknownReason:      http.StatusUnprocessableEntity,
	queue.RefusedUnknownOffice:      http.StatusUnprocessableEntity,
	queue.RefusedTransferTarget:     http.StatusUnprocessableEntity,
	queue.RefusedSameDesk:           http.StatusUnprocessableEntity,
	queue.RefusedNothingToUndo:      http.StatusConflict,
	queue.RefusedUndoTooLate:        http.StatusConflict,
	queue.RefusedUndoOvertaken:      http.StatusConflict,
	queue.RefusedUnknownAppointment: http.StatusNotFound,
	queue.RefusedArrived:            http.StatusConflict,
	queue.RefusedWrongDay:           http.StatusConflict,
	queue.RefusedAppointmentTime:    http.StatusUnprocessableEntity,
	queue.RefusedCodeTaken:          http.StatusConflict,
	queue.RefusedUntil:              http.StatusUnprocessableEntity,
	queue.RefusedNotice:             http.StatusUnprocessableEntity,
}

// faultsOfOffice is the table for what an office can suffer. Whoever gets a
// 503 with Retry-After gives the same command again under the same key.
var faultsOfOffice = []struct {
	err     error
	problem problem
}{
	{office.ErrKeyReused, problem{Status: http.StatusUnprocessableEntity, Code: codeKeyReused}},
	{office.ErrReadOnly, problem{Status: http.StatusServiceUnavailable, Code: codeReadOnly}},
	{office.ErrDiskFull, problem{Status: http.StatusInsufficientStorage, Code: codeDiskFull}},
	{office.ErrUnknown, problem{Status: http.StatusServiceUnavailable, Code: codeUnknown, RetryAfter: 1}},
	{office.ErrBusy, problem{Status: http.StatusServiceUnavailable, Code: codeBusy, RetryAfter: 1}},
	{office.ErrStopped, problem{Status: http.StatusServiceUnavailable, Code: codeBusy, RetryAfter: 2}},
	{people.ErrLong, problem{Status: http.StatusUnprocessableEntity, Code: codeTooLong, Params: map[string]any{"Max": 2000}}},
}

// problemOf makes a problem of any error. What nobody foresaw is a 500, whose
// words say nothing of it; the cause goes to the log.
func problemOf(err error) *problem {
	var p *problem
	if errors.As(err, &p) {
		return p
	}
	var r *queue.Refusal
	if errors.As(err, &r) {
		status, ok := statusOf[r.Code]
		if !ok {
			status = http.StatusConflict
		}
		return &problem{Status: status, Code: r.Code, Params: r.Params, words: "refusal."}
	}
	for _, f := range faultsOfOffice {
		if errors.Is(err, f.err) {
			p := f.problem
			p.cause = err
			return &p
		}
	}
	var fe *fiber.Error
	if errors.As(err, &fe) {
		return problemOfStatus(fe.Code, err)
	}
	return &problem{Status: http.StatusInternalServerError, Code: codeInternal, cause: err}
}

// problemOfStatus is for what Fiber and fasthttp refuse by themselves.
func problemOfStatus(status int, cause error) *problem {
	code := map[int]string{
		http.StatusNotFound:                    codeNotFound,
		http.StatusMethodNotAllowed:            codeMethod,
		http.StatusRequestTimeout:              codeTimeout,
		http.StatusRequestEntityTooLarge:       codeTooLarge,
		http.StatusUnsupportedMediaType:        codeMediaType,
		http.StatusRequestHeaderFieldsTooLarge: codeHeader,
		http.StatusUpgradeRequired:             codeBadRequest,
		http.StatusUnprocessableEntity:         codeValidation,
		http.StatusUnauthorized:                codeUnsigned,
		http.StatusForbidden:                   codeForbidden,
	}[status]
	switch {
	case code != "":
		return &problem{Status: status, Code: code, cause: cause}
	case status >= 400 && status < 500, status == http.StatusBadGateway: // 502: the client went away
		return &problem{Status: http.StatusBadRequest, Code: codeBadRequest, cause: cause}
	}
	return &problem{Status: http.StatusInternalServerError, Code: codeInternal, cause: cause}
}

// notFound is the same for what is not there and for what the caller may not
// know of.
func notFound() error { return &problem{Status: http.StatusNotFound, Code: codeNotFound} }

func tooMany(code string, seconds int) error {
	return &problem{Status: http.StatusTooManyRequests, Code: code, RetryAfter: max(seconds, 1)}
}

// invalid is a request whose fields are wrong, all of them at once.
func invalid(faults ...*fault) error {
	return &problem{Status: http.StatusUnprocessableEntity, Code: codeValidation, Faults: faults}
}

// huma speaks English through process-wide variables. They are replaced once
// by codes of ours, with a parameter behind a NUL where there is one; faultOf
// turns them into faults.
var speakCodes = sync.OnceFunc(func() {
	huma.ValidateStrictCasing = true
	huma.DefaultArrayNullable = false
	for text, code := range map[*string]string{
		&validation.MsgUnexpectedProperty:            codeUnexpected,
		&validation.MsgExpectedRFC3339DateTime:       codeTime,
		&validation.MsgExpectedBoolean:               codeBoolean,
		&validation.MsgExpectedNumber:                codeNumber,
		&validation.MsgExpectedInteger:               codeInteger,
		&validation.MsgExpectedString:                codeText,
		&validation.MsgExpectedArray:                 codeList,
		&validation.MsgExpectedObject:                codeObject,
		&validation.MsgExpectedOneOf:                 codeOneOf + "\x00%s",
		&validation.MsgExpectedMinimumNumber:         codeMinimum + "\x00%v",
		&validation.MsgExpectedMaximumNumber:         codeMaximum + "\x00%v",
		&validation.MsgExpectedMinLength:             codeTooShort + "\x00%d",
		&validation.MsgExpectedMaxLength:             codeTooLong + "\x00%d",
		&validation.MsgExpectedMinItems:              codeTooFew + "\x00%d",
		&validation.MsgExpectedMaxItems:              codeTooMuch + "\x00%d",
		&validation.MsgExpectedRequiredProperty:      codeRequired + "\x00%s",
		&validation.MsgExpectedMatchPattern:          codeInvalid + "\x00%s",
		&validation.MsgExpectedBePattern:             codeInvalid + "\x00%s",
		&validation.MsgExpectedMatchExactlyOneSchema: codeInvalid,
	} {
		*text = code
	}
	huma.NewError = func(status int, _ string, errs ...error) huma.StatusError { return &Problem{Status: status} }
	huma.NewErrorWithContext = func(ctx huma.Context, status int, msg string, errs ...error) huma.StatusError {
		askOf(humafiber.Unwrap(ctx)).failed = humaProblem(status, msg, errs)
		return &Problem{Status: status} // the gate says it in its place
	}
})

// humaProblem makes a problem of what huma found.
func humaProblem(status int, msg string, errs []error) *problem {
	p := problemOfStatus(status, errors.New(msg))
	if status == http.StatusBadRequest || status == http.StatusUnprocessableEntity {
		p.Code = codeValidation
	}
	for _, err := range errs {
		f := faultOf(err)
		p.Faults = append(p.Faults, f)
		if f.Location == "header.Idempotency-Key" {
			p.Status = http.StatusBadRequest // without it the request cannot even be told from another
		}
	}
	if len(errs) == 0 && p.Code == codeValidation { // an empty body where one is needed
		p.Faults = []*fault{{Code: codeRequired, Location: "body"}}
	}
	return p
}

// faultCodes are the codes that huma's texts were replaced by and those of the
// walk over the text, each with the parameter its words want.
var faultCodes = map[string]string{
	codeRequired: "", codeUnexpected: "", codeTime: "", codeBoolean: "", codeNumber: "", codeInteger: "", codeText: "",
	codeList: "", codeObject: "", codeInvalid: "", codeMalformed: "", codeBadUTF8: "", codeTooDeep: "", codeDuplicateKey: "",
	codeOneOf: "Allowed", codeMinimum: "Min", codeMaximum: "Max", codeTooShort: "Min", codeTooLong: "Max",
	codeTooFew: "Min", codeTooMuch: "Max",
}

// faultOf turns what huma says of one field into a fault. Whatever it does not
// know is "invalid": texts of encoding/json name the value.
func faultOf(err error) *fault {
	var f *fault
	if errors.As(err, &f) {
		return f
	}
	d, ok := err.(huma.ErrorDetailer)
	if !ok {
		return &fault{Code: codeInvalid, Location: "body"}
	}
	detail := d.ErrorDetail()
	text, param, _ := strings.Cut(detail.Message, "\x00")
	f = &fault{Code: text, Location: detail.Location}
	name, known := faultCodes[text]
	switch {
	case text == codeRequired && param != "":
		f.Location += "." + param
	case name != "":
		f.Params = map[string]any{name: param}
	case known:
	case strings.HasSuffix(text, "parameter is missing"):
		f.Code = codeRequired
	case text == "unknown query parameter":
		f.Code, f.Location = codeUnexpected, "query"
	case text == "invalid integer":
		f.Code = codeInteger
	case strings.HasPrefix(text, huma.ErrUnknownContentType.Error()):
		f.Code, f.Location = codeMediaType, "header.Content-Type"
	default:
		f.Code = codeInvalid
	}
	return f
}
