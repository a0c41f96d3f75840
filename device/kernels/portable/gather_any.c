#include <string.h>

#include "portable/common.h"

/* Slices of x at int32 indices along a dimension. An index that points outside takes the nearest slice. */
typedef struct {
  int32_t batches; /* dimensions in which x and the indices run in step */
  int32_t outer;   /* dimensions of x between those and the indexed one */
  int32_t extent;  /* of the indexed dimension */
  int32_t count;   /* indices of a batch */
  int32_t run;     /* bytes of a slice */
} mote_gather_any_t;

MOTE_KERNEL void mote_gather_any(const mote_gather_any_t *p, const void *input, const int32_t *indices, void *output) {
  const uint8_t *x = (const uint8_t *)input;
  uint8_t *y = (uint8_t *)output;
  for (int32_t batch = 0; batch < p->batches; batch++) {
    for (int32_t outer = 0; outer < p->outer; outer++) {
      for (int32_t i = 0; i < p->count; i++) {
        memcpy(y, x + mote_clamp(indices[i], 0, p->extent - 1) * p->run, (size_t)p->run);
        y += p->run;
      }
      x += p->extent * p->run;
    }
    indices += p->count;
  }
}
