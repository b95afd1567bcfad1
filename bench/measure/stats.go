package measure

import (
	"math"
	"slices"
)

// Median returns the median of the samples, and NaN if there are none.
func Median(samples []float64) float64 { return quantile(samples, 0.5) }

// Min returns the least of the samples, and NaN if there are none.
func Min(samples []float64) float64 { return quantile(samples, 0) }

// Spread returns half of the distance between the quartiles as a part of the median: 0.05 says that half of the samples
// lie within about 5 % of it.
func Spread(samples []float64) float64 { return HalfSpread(samples) / Median(samples) }

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
