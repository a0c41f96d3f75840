#include "portable/trees.h"

/* Decision trees on features of int8_t, with leaves of int32_t. */
typedef struct {
  MOTE_TREES_FIELDS;
} mote_trees_s8_s32_t;

MOTE_KERNEL void mote_trees_s8_s32(const mote_trees_s8_s32_t *p, const int8_t *x, const int8_t *thresholds, const int16_t *nodes,
                       const int16_t *roots, const int32_t *leaves, const int32_t *base, int32_t *y) {
  MOTE_TREES_TO_S32(MOTE_TREES_NEVER)
}
