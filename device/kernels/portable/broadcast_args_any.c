#include <string.h>

#include "portable/common.h"

/* The shape to which two shapes broadcast; int32 or int64 extents, the innermost last. */
typedef struct {
  int32_t element; /* bytes of an extent: 4 or 8 */
  int32_t rank_a;
  int32_t rank_b;
} mote_broadcast_args_any_t;

MOTE_KERNEL int64_t mote_broadcast_extent(const uint8_t *shape, int32_t rank, int32_t from_last, int32_t element) {
  int64_t extent = 1;
  if (from_last <= rank) {
    if (element == 4) {
      int32_t narrow;
      memcpy(&narrow, shape + (rank - from_last) * element, sizeof narrow);
      extent = narrow;
    } else {
      memcpy(&extent, shape + (rank - from_last) * element, sizeof extent);
    }
  }
  return extent;
}

MOTE_KERNEL void mote_broadcast_args_any(const mote_broadcast_args_any_t *p, const void *a, const void *b, void *y) {
  const int32_t rank = p->rank_a > p->rank_b ? p->rank_a : p->rank_b;
  for (int32_t from_last = 1; from_last <= rank; from_last++) {
    const int64_t extent_a = mote_broadcast_extent((const uint8_t *)a, p->rank_a, from_last, p->element);
    const int64_t extent_b = mote_broadcast_extent((const uint8_t *)b, p->rank_b, from_last, p->element);
    const int64_t extent = extent_a == 1 ? extent_b : extent_a;
    uint8_t *place = (uint8_t *)y + (rank - from_last) * p->element;
    if (p->element == 4) {
      const int32_t narrow = (int32_t)extent;
      memcpy(place, &narrow, sizeof narrow);
    } else {
      memcpy(place, &extent, sizeof extent);
    }
  }
}
