// Package pages gives memory of the host back to it before the collector does.
package pages
