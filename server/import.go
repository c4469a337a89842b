package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"aufruf/server/access"
	"aufruf/server/app"
)

type appointments struct {
	Import appointmentsImport `cmd:"" help:"Enter the day's appointments from a table of time, service and code."`
}

// importer is who enters tables, for all offices and always the same: the keys
// of commands count per caller.
const importer = "tok_import"

// appointmentsImport gives a table to the running server, which decides: only
// it may append to a journal. The same file twice is entered once.
type appointmentsImport struct {
	place
	Office string `arg:"" help:"The office's id."`
	File   string `arg:"" help:"The table, with the header time,service,code." type:"existingfile"`
	Server string `default:"http://127.0.0.1:8080" help:"Address of the running server." placeholder:"URL"`
}

func (c *appointmentsImport) Run(ctx context.Context) error {
	table, err := os.ReadFile(c.File)
	if err != nil {
		return err
	}
	db, err := c.openThere(ctx)
	if err != nil {
		return err
	}
	defer db.Close()
	keys := access.New(db, access.Options{Log: quiet()})
	secret, err := keys.RenewToken(ctx, by, importer, "", access.Grant{Role: access.Reception, Office: c.Office}, app.Now())
	if err != nil {
		return err
	}
	defer keys.Revoke(context.WithoutCancel(ctx), by, importer, app.Now())
	sum := sha256.Sum256(table)
	req, err := http.NewRequestWithContext(ctx, http.MethodPost,
		strings.TrimSuffix(c.Server, "/")+"/api/v1/offices/"+url.PathEscape(c.Office)+"/appointments/import", bytes.NewReader(table))
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+secret)
	req.Header.Set("Content-Type", "text/csv")
	req.Header.Set("Idempotency-Key", "import-"+hex.EncodeToString(sum[:]))
	resp, err := (&http.Client{Timeout: time.Minute}).Do(req)
	if err != nil {
		return fmt.Errorf("the server at %s does not answer: %w", c.Server, err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(io.LimitReader(resp.Body, 4<<20))
	if err != nil {
		return err
	}
	return printImport(resp.StatusCode, raw)
}

// printImport says how many were entered, or every fault by its line.
func printImport(status int, raw []byte) error {
	var a struct {
		Added  int    `json:"added"`
		Detail string `json:"detail"`
		Errors []struct{ Location, Message string }
	}
	if err := json.Unmarshal(raw, &a); err != nil {
		return fmt.Errorf("status %d: %w", status, err)
	}
	if status < 300 {
		fmt.Printf("%d appointments entered\n", a.Added)
		return nil
	}
	for _, e := range a.Errors {
		fmt.Fprintf(os.Stderr, "%s: %s\n", e.Location, e.Message)
	}
	return fmt.Errorf("nothing was entered: %s", a.Detail)
}
