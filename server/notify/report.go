package notify

import (
	"context"
	"net/url"
	"strings"
)

// What a gateway reports of a message that it took.
const (
	Delivered   = "delivered"
	Undelivered = "failed"
)

// reporter reads the reports of a preset.
type reporter struct{ preset string }

// read finds the message's id and what came of it in a report; ok is false for
// what is none.
func (r reporter) read(contentType string, body []byte, query string) (id, report string, ok bool) {
	get := func(names ...string) string {
		form, _ := url.ParseQuery(query)
		if strings.HasPrefix(contentType, "application/x-www-form-urlencoded") {
			form, _ = url.ParseQuery(string(body))
		}
		for _, n := range names {
			if strings.HasPrefix(contentType, "application/json") {
				if v := field(body, n); v != "" {
					return v
				}
			} else if v := form.Get(n); v != "" {
				return v
			}
		}
		return ""
	}
	var status string
	switch r.preset {
	case Seven:
		id, status = get("data.msg_id", "msg_id"), get("data.status", "status")
	case Twilio:
		id, status = get("MessageSid", "SmsSid"), get("MessageStatus", "SmsStatus")
	default:
		id, status = get("id", "message_id", "msg_id", "messageId", "MessageSid"), get("status", "report", "state", "MessageStatus")
	}
	if id == "" || status == "" || len(id) > 200 {
		return "", "", false
	}
	return id, reportOf(status), true
}

// reportOf sorts the words of suppliers.
func reportOf(status string) string {
	s := strings.ToLower(status)
	switch {
	case strings.Contains(s, "undeliv"), strings.Contains(s, "notdeliv"), strings.Contains(s, "not_deliv"), strings.Contains(s, "fail"),
		strings.Contains(s, "reject"), strings.Contains(s, "expire"):
		return Undelivered
	case strings.Contains(s, "deliv"):
		return Delivered
	}
	return "on_its_way"
}

// Report takes a gateway's word on a message. The same word twice, in any order
// and of messages that nobody sent, changes nothing; false: it is no report.
func (n *Notify) Report(ctx context.Context, contentType string, body []byte, query string) (bool, error) {
	id, report, ok := n.reports.read(contentType, body, query)
	if !ok {
		return false, nil
	}
	_, err := n.store.ReportOutbox(ctx, id, report)
	return true, err
}

// Hook is the last part of the address for reports; empty: there are none.
func (n *Notify) Hook() string { return n.hook }
