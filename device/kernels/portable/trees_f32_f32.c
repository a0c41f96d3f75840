#include "portable/trees.h"

/* Decision trees on features of float, with leaves of float. */
typedef struct {
  MOTE_TREES_FIELDS;
} mote_trees_f32_f32_t;

MOTE_KERNEL void mote_trees_f32_f32(const mote_trees_f32_f32_t *p, const float *x, const float *thresholds, const int16_t *nodes,
                       const int16_t *roots, const float *leaves, const float *base, float *y) {
  MOTE_TREES_TO_F32(MOTE_TREES_NAN)
}
