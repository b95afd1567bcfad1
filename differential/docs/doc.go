// Package docs holds documents about the comparison of engines, and tests that they are true.
package docs
