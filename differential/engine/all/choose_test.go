package all

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/touchstone-wasm/touchstone/differential/engine"
)

func TestChoose(t *testing.T) {
	for asked, want := range map[string]string{
		"wasmtime,wasmtime@v25.0.0,touchstone":    "", // fine
		"wasmtime:opt=none,wasmtime:opt=speed":    "",
		"wasmtime@v1.0.0:pulley:nan=canonical":    "",
		"wazero@v1.11.0,wasmer@v1.0.3:singlepass": "",
		"lucet":                               "",
		"wasmtim":                             "there are touchstone, wasmtime, ",
		"wasmtime,wasmtime":                   "named twice",
		"wasmtime:opt=none,wasmtime:opt=none": "named twice",
		"wasmtime:opt=fast":                   "no setting \"opt=fast\"; there are opt=none, ",
		"wasmtime:opt=none:opt=speed":         "exclude each other",
		"wasmtime:pulley:target=baseline":     "exclude each other",
		"touchstone:pulley":                   "it has none",
		"touchstone@v1.0.0":                   "no other releases",
		"wasmtime@25.0.0":                     "written like v1.2.3: they are those of the Go module github.com/bytecodealliance/wasmtime-go",
		"wasmtime@v25":                        "written like",
		"wasmtime@v25.0.0 -x":                 "written like",
		"wasmtime:":                           "no setting \"\"",
	} {
		asked := strings.Split(asked, ",")
		chosen, err := Choose(Compared(), asked)
		switch {
		case want == "" && (err != nil || strings.Join(Names(chosen), ",") != strings.Join(asked, ",")):
			t.Errorf("%q: got %q, error %v", asked, Names(chosen), err)
		case want != "" && (err == nil || !strings.Contains(err.Error(), want)):
			t.Errorf("%q: error %v, want %q", asked, err, want)
		}
	}
	byDefault, err := Choose(Compared(), nil)
	if got := strings.Join(Names(byDefault), ","); err != nil || got != "touchstone,wasmtime,wasmer,wazero,wazero-interp" {
		t.Errorf("by default %q, error %v", got, err)
	}
}

// TestVariants runs a module in every setting, and on a release that is not the project's, if they can be had here.
func TestVariants(t *testing.T) {
	asked := []string{"wasmtime@v25.0.0", "wasmtime@v1.0.0:opt=none"}
	for _, e := range Compared() {
		if e.Variants != nil {
			for _, s := range e.Variants.Settings {
				asked = append(asked, e.Name+":"+s.Name)
			}
		}
	}
	entries, err := Choose(Compared(), asked)
	if err != nil {
		t.Fatal(err)
	}
	job := &engine.Job{Module: kernel(false).Module, Calls: []engine.Call{{Export: "run", Args: []engine.Value{{Type: 0x7f, Bits: 41}}}}}
	for _, entry := range entries {
		t.Run(entry.Name, func(t *testing.T) {
			e, err := entry.Open(t.Context())
			var unavailable *engine.Unavailable
			if errors.As(err, &unavailable) {
				t.Skip(unavailable)
			}
			if err != nil {
				t.Fatal(err)
			}
			defer e.Close()
			if v := engine.ParseVariant(entry.Name); e.Name() != entry.Name || !strings.Contains(e.Version(), strings.TrimPrefix(v.Release, "v")) {
				t.Errorf("it calls itself %s %s", e.Name(), e.Version())
			}
			res, err := e.Run(context.Background(), job)
			if err != nil || len(res.Calls) != 1 || len(res.Calls[0].Values) != 1 || res.Calls[0].Values[0].Bits != 42 {
				t.Errorf("got %+v, error %v", res, err)
			}
		})
	}
}

// TestReleases: what is wrong with a release is said, each in its way.
func TestReleases(t *testing.T) {
	entries, err := Choose(Compared(), []string{"wazero@v1.999.0", "wazero@v1.5.0"})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range [][]string{{"no such release", "does not give out", "could not be downloaded"}, {"does not compile with the API", "could not be downloaded"}} {
		_, err := entries[i].Open(t.Context())
		var unavailable *engine.Unavailable
		if !errors.As(err, &unavailable) {
			t.Errorf("%s: error %v", entries[i].Name, err)
			continue
		}
		said := false
		for _, w := range want {
			said = said || strings.Contains(unavailable.Reason, w)
		}
		if !said {
			t.Errorf("%s: %v", entries[i].Name, err)
		}
	}
}
