/* Float activations that are quantized to int8 as the model runs, for layers with int8 weights ("dynamic range").
 * Source of the arithmetic: TFLite, tensor_utils::SymmetricQuantizeFloats and AsymmetricQuantizeFloats. */
#ifndef MOTE_DYNAMIC_RANGE_H
#define MOTE_DYNAMIC_RANGE_H

#include <math.h>

#include "portable/common.h"

/* real = (quantized - zero) * scale */
typedef struct {
  float scale;
  int32_t zero;
} mote_dynamic_t;

MOTE_INTERNAL int8_t mote_dynamic_round(float value, float low) {
  const float rounded = roundf(value);
  return rounded < 127.0f ? (rounded > low ? (int8_t)rounded : (int8_t)low) : INT8_MAX;
}

/* Quantizes `count` numbers with zero point 0. */
MOTE_INTERNAL mote_dynamic_t mote_dynamic_symmetric(const float *x, int32_t count, int8_t *quantized) {
  mote_dynamic_t range = {1.0f, 0};
  float largest = 0.0f;
  float inverse = 0.0f;
  for (int32_t i = 0; i < count; ++i) {
    const float magnitude = fabsf(x[i]);
    largest = magnitude > largest ? magnitude : largest;
  }
  if (largest > 0.0f) {
    range.scale = largest / 127.0f;
    inverse = 127.0f / largest;
  }
  for (int32_t i = 0; i < count; ++i) {
    quantized[i] = mote_dynamic_round(x[i] * inverse, -127.0f);
  }
  return range;
}

/* Quantizes `count` numbers so that their whole range and zero can be told. */
MOTE_INTERNAL mote_dynamic_t mote_dynamic_asymmetric(const float *x, int32_t count, int8_t *quantized) {
  mote_dynamic_t range = {1.0f, 0};
  float smallest = 0.0f;
  float largest = 0.0f;
  float inverse = 0.0f;
  for (int32_t i = 0; i < count; ++i) {
    smallest = x[i] < smallest ? x[i] : smallest;
    largest = x[i] > largest ? x[i] : largest;
  }
  if (smallest < largest) {
    const double scale = ((double)largest - (double)smallest) / 255.0;
    /* The end of the range whose zero point has the smaller error decides. */
    const double from_low = -128.0 - (double)smallest / scale;
    const double from_high = 127.0 - (double)largest / scale;
    const double error_low = 128.0 + fabs((double)smallest / scale);
    const double error_high = 127.0 + fabs((double)largest / scale);
    const double zero = error_low < error_high ? from_low : from_high;
    range.zero = zero <= -128.0 ? -128 : (zero >= 127.0 ? 127 : (int32_t)round(zero));
    range.scale = (float)scale;
    inverse = 1.0f / range.scale;
  }
  for (int32_t i = 0; i < count; ++i) {
    quantized[i] = mote_dynamic_round((float)range.zero + x[i] * inverse, -128.0f);
  }
  return range;
}

#endif
