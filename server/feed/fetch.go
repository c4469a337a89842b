package feed

import (
	"context"
	"errors"
	"io"
	"net/http"
	"time"
)

// fetchWithin bounds one request, from the first byte to the last.
const fetchWithin = 20 * time.Second

// newClient asks the configured address and no other: an answer that sends
// elsewhere is not followed.
func newClient() *http.Client {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.MaxResponseHeaderBytes = 32 << 10
	return &http.Client{Transport: t, Timeout: fetchWithin,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// fetched is an answer; raw is nil if the calendar is as it was.
type fetched struct {
	raw            []byte
	etag, modified string
}

// fetch asks for a calendar, if it has changed since.
func fetch(ctx context.Context, client *http.Client, s *Source, etag, modified string) (fetched, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.URL, nil)
	if err != nil {
		return fetched{}, &Fault{Code: FaultUnreachable}
	}
	req.Header.Set("Accept", "text/calendar, text/plain;q=0.5")
	req.Header.Set("User-Agent", "Aufruf")
	if etag != "" {
		req.Header.Set("If-None-Match", etag)
	}
	if modified != "" {
		req.Header.Set("If-Modified-Since", modified)
	}
	resp, err := client.Do(req)
	if err != nil {
		if ctx.Err() != nil {
			return fetched{}, ctx.Err()
		}
		return fetched{}, &Fault{Code: FaultUnreachable} // its text holds the address
	}
	defer resp.Body.Close()
	switch {
	case resp.StatusCode == http.StatusNotModified && (etag != "" || modified != ""):
		return fetched{etag: etag, modified: modified}, nil
	case resp.StatusCode >= 300 && resp.StatusCode < 400:
		return fetched{}, &Fault{Code: FaultMoved}
	case resp.StatusCode == http.StatusUnauthorized || resp.StatusCode == http.StatusForbidden:
		return fetched{}, &Fault{Code: FaultForbidden}
	case resp.StatusCode != http.StatusOK:
		return fetched{}, &Fault{Code: FaultStatus, Params: map[string]any{"Status": resp.StatusCode}}
	}
	raw, err := io.ReadAll(io.LimitReader(resp.Body, sizeMost+1))
	switch {
	case err != nil && ctx.Err() != nil:
		return fetched{}, ctx.Err()
	case err != nil && !errors.Is(err, io.ErrUnexpectedEOF):
		return fetched{}, &Fault{Code: FaultUnreachable}
	case err != nil:
		return fetched{}, &Fault{Code: FaultBroken} // it ends in the middle
	case len(raw) > sizeMost:
		return fetched{}, &Fault{Code: FaultLarge, Params: map[string]any{"Max": sizeMost >> 20}}
	}
	return fetched{raw: raw, etag: short(resp.Header.Get("ETag")), modified: short(resp.Header.Get("Last-Modified"))}, nil
}

// short drops a mark of a version that is too long to be one.
func short(mark string) string {
	if len(mark) > 200 {
		return ""
	}
	return mark
}
