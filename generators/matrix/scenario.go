package matrix

// scenarios are the modules about control, tables and segments.
var scenarios = []func(b *builder){}
