package app

import (
	"context"
	"fmt"
	"os"
	"strings"

	"aufruf/server/access"
	"aufruf/server/config"
	"aufruf/server/notify"
	"aufruf/server/words"
)

// startNotify makes what tells people of their appointments, and starts it.
func (a *App) startNotify(run context.Context, secrets *access.Secrets, catalogue *words.Catalogue) error {
	cfg := a.opt.Config
	password, err := outsideSecret(cfg.Notify.Email.PasswordFile, notify.PasswordVariable)
	if err != nil {
		return fmt.Errorf("notify.email.password_file: %w", err)
	}
	token, err := outsideSecret(cfg.Notify.SMS.TokenFile, notify.TokenVariable)
	if err != nil {
		return fmt.Errorf("notify.sms.token_file: %w", err)
	}
	var offices []notify.Office
	for _, o := range a.town.Offices() {
		offices = append(offices, o)
	}
	a.notify, err = notify.New(notify.Options{Settings: cfg.Notify, Store: a.db, Journal: a.db.Journal(), Contacts: a.people,
		Offices: offices, Links: a.town, Words: catalogue, Town: cfg.Town, Base: a.base, ContactDays: cfg.Retention.ContactDays,
		Password: password, Token: token, Hook: hookOf(cfg, secrets), Now: a.now, Log: a.log})
	if err != nil {
		return fmt.Errorf("notify: %w", err)
	}
	a.ended.Go(func() {
		// Links begin with the listener's address where the town names none.
		select {
		case <-a.listening:
			a.notify.Run(run)
		case <-run.Done():
		}
	})
	return nil
}

// base begins the links in messages.
func (a *App) base() string {
	if u := a.opt.Config.Server.PublicURL; u != "" {
		return u
	}
	if a.listen == nil {
		return ""
	}
	return a.URL()
}

// hookOf is the secret address for a gateway's reports; none without a gateway.
func hookOf(cfg *config.Config, secrets *access.Secrets) string {
	switch cfg.Notify.SMS.Preset {
	case notify.Console, notify.Off, notify.EmailToSMS, notify.Sipgate:
		return ""
	}
	return secrets.HookSecret("sms")
}

// HookLink is where the SMS gateway reports deliveries to, or empty.
func (a *App) HookLink() string {
	if a.notify.Hook() == "" {
		return ""
	}
	return a.base() + "/hooks/sms/" + a.notify.Hook()
}

// Console says that messages of a channel stay in the house and are shown.
func (a *App) Console() bool { return a.notify.Console() != nil }

// outsideSecret reads what must not stand in a configuration: from a file that
// only its owner reads, else from the environment.
func outsideSecret(path, variable string) (string, error) {
	if path == "" {
		return os.Getenv(variable), nil
	}
	info, err := os.Stat(path)
	if err != nil {
		return "", err
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 {
		return "", fmt.Errorf("others may read %s (mode %04o): run chmod 600 and consider it known", path, mode)
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	secret := strings.TrimSpace(string(raw))
	if secret == "" || strings.ContainsAny(secret, "\r\n") {
		return "", fmt.Errorf("%s holds no secret on one line", path)
	}
	return secret, nil
}
