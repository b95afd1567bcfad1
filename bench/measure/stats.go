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
	// Low and High bound the confidence interval of the median at 95 % at least. With fewer than six samples there is none: Low is -Inf and
	// High +Inf.
	Low, High float64
	Min       float64
}

// Summarize returns the summary of samples, all NaN if there are none. Nothing is assumed of their distribution: the bounds of the
// interval are samples themselves, as far from the least as from the greatest.
func Summarize(samples []float64) Summary {
	if len(samples) == 0 {
		nan := math.NaN()
		return Summary{nan, nan, nan, nan}
	}
	s := Summary{Median: Median(samples), Low: math.Inf(-1), High: math.Inf(1), Min: slices.Min(samples)}
	sorted := slices.Sorted(slices.Values(samples))
	if out := outside(len(samples)); out > 0 {
		s.Low, s.High = sorted[out-1], sorted[len(sorted)-out]
	}
	return s
}

// outside returns how many of n samples, counted from either end, reach to the bound of the interval, which is the last of them; 0 if there
// is no interval. The median of all that could be measured is below the k-th sample of n if fewer than k are below it, as heads of n coins.
func outside(n int) (k int) {
	below := math.Pow(0.5, float64(n)) // that exactly k are
	for sum := below; 1-2*sum >= confidence; sum += below {
		k++
		below *= float64(n-k+1) / float64(k)
	}
	return k
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
