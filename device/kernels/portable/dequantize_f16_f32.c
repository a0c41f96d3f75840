#include <string.h>

#include "portable/common.h"

/* Widens half-precision numbers, given by their bit patterns. */
typedef struct {
  int32_t count; /* elements */
} mote_dequantize_f16_f32_t;

MOTE_KERNEL void mote_dequantize_f16_f32(const mote_dequantize_f16_f32_t *p, const uint16_t *x, float *y) {
  for (int32_t i = 0; i < p->count; i++) {
    const uint32_t magnitude = x[i] & UINT32_C(0x7FFF);
    uint32_t bits = magnitude << 13;
    if (magnitude >= UINT32_C(0x7C00)) {
      bits += UINT32_C(224) << 23; /* infinity and NaN keep the largest exponent */
    } else if (magnitude >= UINT32_C(0x0400)) {
      bits += UINT32_C(112) << 23;
    } else {
      const float subnormal = (float)magnitude * 5.9604644775390625e-8f; /* 2^-24 */
      memcpy(&bits, &subnormal, sizeof bits);
    }
    bits |= (uint32_t)(x[i] & UINT32_C(0x8000)) << 16;
    memcpy(&y[i], &bits, sizeof bits);
  }
}
