package sqlite

import (
	"time"

	"aufruf/server/access"
)

var noon = time.Date(2026, 3, 30, 10, 0, 0, 0, time.UTC)

func entry(object string) access.Entry {
	return access.Entry{At: noon, Actor: "acc_1", Act: "test", Object: object}
}
