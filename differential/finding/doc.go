// Package finding is the form in which findings are kept: a folder with what shows it, what was seen, and a header that says what is
// known about it. A differential session writes such folders, and package crashes keeps, replays and reduces them.
//
//	<id>/finding.json      the header, a [Finding] as JSON
//	<id>/README.md         the same for people, with the commands that show it again
//	<id>/module.wasm       the module, reduced as far as was possible, if a module shows it
//	<id>/module.txt        its listing, by our own disassembler
//	<id>/input             the input of a fuzz target, reduced as far as was possible
//	<id>/original          the module or the input as it was found, if it was reduced since
//	<id>/program.hostcalls the sequence of hostcalls, if it is one
//	<id>/tree/0, 1, …      the folders that a WASI program was given
//	<id>/trace-….txt       the ends of the traces of the two sides, up to where they part, in the text form of runtime/trace
//
// and whatever else was written when it was found: explanation.txt, difference.txt, results.json. The id is the beginning of a
// SHA-256 of what was found, so that the same is never kept twice; a [Bucket] says which findings show the same defect.
package finding
