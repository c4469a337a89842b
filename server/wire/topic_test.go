package wire

import "testing"

func TestALineOfTopicsThatIsNeverEmptyDoesNotGrow(t *testing.T) {
	var q queue
	top := new(topic)
	q.push(top)
	for range 100_000 {
		q.push(top)
		q.pop()
	}
	if cap(q.topics) > 10_000 || q.empty() || q.first() != top || len(q.topics)-q.head != 1 {
		t.Errorf("room for %d, and %d stand in it", cap(q.topics), len(q.topics)-q.head)
	}
}
