package notify

import "testing"

func TestTheConsoleKeepsTheLastMessages(t *testing.T) {
	var b ConsoleBox
	for range consoleKept + 42 {
		if _, err := b.send(t.Context(), &message{row: Row{Channel: SMS}, text: "x"}); err != nil {
			t.Fatal(err)
		}
	}
	if shown := b.Messages(); len(shown) != consoleKept || shown[0].N != consoleKept+42 || shown[consoleKept-1].N != 43 {
		t.Errorf("%d messages, first %d", len(shown), shown[0].N)
	}
}
