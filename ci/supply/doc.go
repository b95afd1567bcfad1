// Package supply holds tests of what the project is built of: the licences of its dependencies, what the runtime depends on, and that a
// build gives the same bytes anywhere.
package supply
