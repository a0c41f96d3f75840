#include "portable/trees.h"

/* Decision trees on features of int8_t, with leaves of float. */
typedef struct {
  MOTE_TREES_FIELDS;
} mote_trees_s8_f32_t;

MOTE_KERNEL void mote_trees_s8_f32(const mote_trees_s8_f32_t *p, const int8_t *x, const int8_t *thresholds, const int16_t *nodes,
                       const int16_t *roots, const float *leaves, const float *base, float *y) {
  MOTE_TREES_TO_F32(MOTE_TREES_NEVER)
}
