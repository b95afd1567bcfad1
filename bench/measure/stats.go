package measure

import (
	"math"
	"slices"

	"golang.org/x/perf/benchmath"
)

// confidence is that of the intervals, and 1-confidence the bound below which a difference is taken for real.
const confidence = 0.95

// Summary is what a series of samples says.
type Summary struct {
	Median float64
	// Low and High bound the confidence interval of the median at 95 %. With fewer than six samples there is none: Low is -Inf and High
	// +Inf.
	Low, High float64
	Min       float64
}

// Summarize returns the summary of samples, all NaN if there are none. Nothing is assumed of their distribution: the bounds of the
// interval are samples themselves.
func Summarize(samples []float64) Summary {
	if len(samples) == 0 {
		nan := math.NaN()
		return Summary{nan, nan, nan, nan}
	}
	s := benchmath.AssumeNothing.Summary(sampleOf(samples), confidence)
	return Summary{Median: Median(samples), Low: s.Lo, High: s.Hi, Min: slices.Min(samples)}
}

// Margin returns how far the confidence interval reaches from the median, to the farther side, as a part of the median.
func (s Summary) Margin() float64 { return max(s.High-s.Median, s.Median-s.Low) / s.Median }

// Differ reports whether two series of samples are different at 95 % confidence (Mann-Whitney U-test). Few samples never are.
func Differ(a, b []float64) bool {
	if len(a) == 0 || len(b) == 0 {
		return false
	}
	return benchmath.AssumeNothing.Compare(sampleOf(a), sampleOf(b)).P < 1-confidence
}

func sampleOf(samples []float64) *benchmath.Sample {
	return benchmath.NewSample(slices.Clone(samples), &benchmath.DefaultThresholds)
}

// Median returns the median of the samples, and NaN if there are none.
func Median(samples []float64) float64 { return quantile(samples, 0.5) }

// Min returns the least of the samples, and NaN if there are none.
func Min(samples []float64) float64 { return quantile(samples, 0) }

// HalfSpread returns half of the distance between the quartiles.
func HalfSpread(samples []float64) float64 {
	return (quantile(samples, 0.75) - quantile(samples, 0.25)) / 2
}

// Geomean returns the geometric mean of positive numbers, and NaN if there are none.
func Geomean(xs []float64) float64 {
	var sum float64
	for _, x := range xs {
		sum += math.Log(x)
	}
	return math.Exp(sum / float64(len(xs)))
}

// quantile interpolates between the two samples next to the place q of the sorted samples.
func quantile(samples []float64, q float64) float64 {
	if len(samples) == 0 {
		return math.NaN()
	}
	sorted := slices.Sorted(slices.Values(samples))
	place := q * float64(len(sorted)-1)
	low := int(place)
	high := min(low+1, len(sorted)-1)
	return sorted[low] + (place-float64(low))*(sorted[high]-sorted[low])
}
