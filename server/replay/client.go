package replay

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"sync/atomic"
	"time"
)

// client speaks the program's API with one token.
type client struct {
	base  string
	token string
	http  *http.Client
	keys  *atomic.Int64
}

// Ticket is a ticket in the staff's list.
type Ticket struct {
	ID       string     `json:"id"`
	Number   string     `json:"number"`
	State    string     `json:"state"`
	Desk     *string    `json:"desk"`
	IssuedAt time.Time  `json:"issued_at"`
	CalledAt *time.Time `json:"called_at"`
}

type deskAnswer struct {
	Seq    uint64 `json:"seq"`
	Ticket *struct {
		ID     string `json:"id"`
		Number string `json:"number"`
	} `json:"ticket"`
}

type drawn struct {
	ID     string `json:"id"`
	Number string `json:"number"`
	Link   string `json:"link"`
}

// post gives a command under a fresh key and repeats it under the same key
// when no answer came.
func (c *client) post(ctx context.Context, path string, body, answer any) error {
	raw, err := json.Marshal(body)
	if err != nil {
		return err
	}
	key := fmt.Sprintf("replay-%d", c.keys.Add(1))
	for try := 0; ; try++ {
		status, err := c.once(ctx, http.MethodPost, path, key, raw, answer)
		switch {
		case err == nil && status < 300:
			return nil
		case err == nil && status != http.StatusServiceUnavailable && status != http.StatusTooManyRequests:
			return fmt.Errorf("POST %s: status %d", path, status)
		case try == 4 || ctx.Err() != nil:
			return fmt.Errorf("POST %s: status %d: %w", path, status, err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(time.Duration(try+1) * 100 * time.Millisecond):
		}
	}
}

func (c *client) get(ctx context.Context, path string, answer any) error {
	status, err := c.once(ctx, http.MethodGet, path, "", nil, answer)
	if err == nil && status != http.StatusOK {
		err = fmt.Errorf("GET %s: status %d", path, status)
	}
	return err
}

func (c *client) once(ctx context.Context, method, path, key string, body []byte, answer any) (int, error) {
	req, err := http.NewRequestWithContext(ctx, method, c.base+path, bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	req.Header.Set("Authorization", "Bearer "+c.token)
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Idempotency-Key", key)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(io.LimitReader(resp.Body, 16<<20))
	if err != nil {
		return resp.StatusCode, err
	}
	if resp.StatusCode < 300 && answer != nil {
		if err := json.Unmarshal(raw, answer); err != nil {
			return resp.StatusCode, fmt.Errorf("answer to %s: %w", path, err)
		}
	}
	return resp.StatusCode, nil
}
