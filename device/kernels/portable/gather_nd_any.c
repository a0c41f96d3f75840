#include <string.h>

#include "portable/common.h"

/* Slices of x at tuples of int32 indices. An index that points outside takes the nearest slice. */
typedef struct {
  int32_t count;      /* tuples */
  int32_t depth;      /* indices in a tuple: at most 5 */
  int32_t extents[5]; /* of the indexed dimensions */
  int32_t strides[5]; /* of the indexed dimensions, bytes */
  int32_t run;        /* bytes of a slice */
} mote_gather_nd_any_t;

MOTE_KERNEL void mote_gather_nd_any(const mote_gather_nd_any_t *p, const void *input, const int32_t *indices,
                                    void *output) {
  uint8_t *y = (uint8_t *)output;
  for (int32_t i = 0; i < p->count; i++) {
    const uint8_t *x = (const uint8_t *)input;
    for (int32_t d = 0; d < p->depth; d++) {
      x += mote_clamp(*indices, 0, p->extents[d] - 1) * p->strides[d];
      indices++;
    }
    memcpy(y, x, (size_t)p->run);
    y += p->run;
  }
}
