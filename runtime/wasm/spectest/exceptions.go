package spectest

// The verdicts on a module, as far as they do not need an instance.
const (
	Accepted  = "accepted"
	Malformed = "malformed"
	Invalid   = "invalid"
	Differs   = "differs" // not of a module: the outcome of an action is another one
)

// Exception says that the assertion of a command does not hold for a WebAssembly 2.0 runtime that reads the converted
// module, which verdict is right instead, and why.
type Exception struct{ Verdict, Reason string }

// Exception returns the exception for c, if there is one.
func (s *Script) Exception(c *Command) (Exception, bool) {
	e, ok := exceptions[s.At(c)]
	return e, ok
}

// keeps is a reason that several actions share.
const keeps = "2.0 keeps what a module wrote before one of its segments trapped"

// exceptions lists the commands, in the form of [Script.At], whose assertions do not hold.
var exceptions = map[string]Exception{
	"v1/binary.wast:50":             {Invalid, "2.0 has a table index where 1.0 has a zero byte, and there is no table 1"},
	"v1/func.wast:493":              {Accepted, "2.0 allows several results"},
	"v1/func.wast:497":              {Accepted, "2.0 allows several results"},
	"v1/type.wast:53":               {Accepted, "2.0 allows several results"},
	"v1/type.wast:57":               {Accepted, "2.0 allows several results"},
	"v1/imports.wast:310":           {Accepted, "2.0 allows several tables"},
	"v1/imports.wast:314":           {Accepted, "2.0 allows several tables"},
	"v1/imports.wast:318":           {Accepted, "2.0 allows several tables"},
	"v1/linking.wast:236":           {Differs, keeps},
	"v1/linking.wast:248":           {Differs, keeps},
	"v1/linking.wast:342":           {Differs, keeps},
	"v1/linking.wast:354":           {Differs, keeps},
	"v1/unreached-invalid.wast:539": {Accepted, "2.0 lets the labels of an unreachable br_table have different types"},
	"v2/memory_init.wast:190":       {Malformed, "the converter left out the data count section"},
	"v2/memory_init.wast:227":       {Malformed, "the converter left out the data count section"},
}
