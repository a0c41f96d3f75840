#include "portable/trees.h"

/* Decision trees on features of int16_t, with leaves of int8_t. */
typedef struct {
  MOTE_TREES_FIELDS;
} mote_trees_s16_s8_t;

MOTE_KERNEL void mote_trees_s16_s8(const mote_trees_s16_s8_t *p, const int16_t *x, const int16_t *thresholds, const int16_t *nodes,
                       const int16_t *roots, const int8_t *leaves, const int32_t *base, int32_t *y) {
  MOTE_TREES_TO_S32(MOTE_TREES_NEVER)
}
