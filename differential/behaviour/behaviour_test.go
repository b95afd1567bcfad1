package behaviour

import "testing"

func TestWritten(t *testing.T) {
	list, err := Written()
	if err != nil {
		t.Fatal(err)
	}
	t.Log(len(list))
}
