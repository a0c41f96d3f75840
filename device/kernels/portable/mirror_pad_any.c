#include <string.h>

#include "portable/common.h"

/* Surrounds a tensor with its mirror image. The mirror stands on the border element (gap 0) or behind it (gap 1). */
typedef struct {
  int32_t input[5];   /* extents of the input, outermost first */
  int32_t output[5];  /* extents of the output */
  int32_t before[5];  /* padding before, in indices */
  int32_t strides[5]; /* of the input, bytes */
  int32_t gap;
  int32_t run; /* bytes that stay together */
} mote_mirror_pad_any_t;

/* Byte offset of what output index `i` of dimension `d` sees. */
MOTE_KERNEL int32_t mote_mirror_offset(const mote_mirror_pad_any_t *p, int32_t d, int32_t i) {
  const int32_t extent = p->input[d];
  int32_t at = i - p->before[d];
  if (at < 0) {
    at = -at - p->gap;
  } else if (at >= extent) {
    at = 2 * (extent - 1) - at + p->gap;
  }
  return at * p->strides[d];
}

MOTE_KERNEL void mote_mirror_pad_any(const mote_mirror_pad_any_t *p, const void *input, void *output) {
  const uint8_t *x = (const uint8_t *)input;
  uint8_t *y = (uint8_t *)output;
  for (int32_t i0 = 0; i0 < p->output[0]; i0++) {
    const uint8_t *x0 = x + mote_mirror_offset(p, 0, i0);
    for (int32_t i1 = 0; i1 < p->output[1]; i1++) {
      const uint8_t *x1 = x0 + mote_mirror_offset(p, 1, i1);
      for (int32_t i2 = 0; i2 < p->output[2]; i2++) {
        const uint8_t *x2 = x1 + mote_mirror_offset(p, 2, i2);
        for (int32_t i3 = 0; i3 < p->output[3]; i3++) {
          const uint8_t *x3 = x2 + mote_mirror_offset(p, 3, i3);
          for (int32_t i4 = 0; i4 < p->output[4]; i4++) {
            memcpy(y, x3 + mote_mirror_offset(p, 4, i4), (size_t)p->run);
            y += p->run;
          }
        }
      }
    }
  }
}
