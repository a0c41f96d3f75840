#include <math.h>

#include "portable/binary.h"

/* z = x (kind) y on floats, then limited by a fused activation where there is one. */
typedef struct {
  MOTE_BROADCAST_FIELDS;
  int32_t kind;    /* MOTE_ADD ... */
  int32_t clamped; /* whether the bounds apply */
  float low;
  float high;
} mote_binary_f32_t;

MOTE_KERNEL float mote_binary_f32_kind(int32_t kind, float u, float v) {
  switch (kind) {
    case MOTE_ADD:
      return u + v;
    case MOTE_SUBTRACT:
      return u - v;
    case MOTE_MULTIPLY:
      return u * v;
    case MOTE_DIVIDE:
      return u / v;
    case MOTE_FLOOR_DIVIDE:
      /* In double precision the quotient of two floats never rounds up to the next integer. */
      return (float)floor((double)u / (double)v);
    case MOTE_FLOOR_MODULO: {
      const float remainder = fmodf(u, v);
      return remainder != 0.0f && (v < 0.0f) != (remainder < 0.0f) ? remainder + v : remainder;
    }
    case MOTE_SQUARED_DIFFERENCE:
      return (u - v) * (u - v);
    case MOTE_MINIMUM:
      return u < v ? u : v;
    default:
      return u > v ? u : v;
  }
}

MOTE_KERNEL float mote_binary_f32_element(const mote_binary_f32_t *p, float u, float v) {
  const float value = mote_binary_f32_kind(p->kind, u, v);
  if (p->clamped == 0) {
    return value;
  }
  return value < p->low ? p->low : (value > p->high ? p->high : value);
}

MOTE_KERNEL void mote_binary_f32(const mote_binary_f32_t *p, const float *x, const float *y, float *z) {
  MOTE_BINARY(float, float, mote_binary_f32_element)
}
