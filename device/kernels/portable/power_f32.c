#include <math.h>

#include "portable/broadcast.h"

/* z = x to the power of y. */
typedef struct {
  MOTE_BROADCAST_FIELDS;
} mote_power_f32_t;

MOTE_KERNEL float mote_power_f32_element(const mote_power_f32_t *p, float u, float v) {
  (void)p;
  return powf(u, v);
}

MOTE_KERNEL void mote_power_f32(const mote_power_f32_t *p, const float *x, const float *y, float *z) {
  MOTE_BINARY(float, float, mote_power_f32_element)
}
