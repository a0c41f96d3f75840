#include <string.h>

#include "portable/common.h"

/* Collects runs of bytes from regularly spaced places and writes them one after the other: slices, transposed and
 * reversed tensors, repeated ones (stride 0), blocks of pixels. Strides may be negative. */
typedef struct {
  int32_t extents[6]; /* runs in each dimension, outermost first */
  int32_t strides[6]; /* bytes of the input from one run to the next */
  int32_t offset;     /* bytes of the input before the first run */
  int32_t run;        /* bytes that are contiguous on both sides */
} mote_strided_copy_any_t;

MOTE_KERNEL void mote_strided_copy_any(const mote_strided_copy_any_t *p, const void *input, void *output) {
  const uint8_t *x0 = (const uint8_t *)input + p->offset;
  uint8_t *y = (uint8_t *)output;
  for (int32_t i0 = 0; i0 < p->extents[0]; i0++) {
    const uint8_t *x1 = x0 + i0 * p->strides[0];
    for (int32_t i1 = 0; i1 < p->extents[1]; i1++) {
      const uint8_t *x2 = x1 + i1 * p->strides[1];
      for (int32_t i2 = 0; i2 < p->extents[2]; i2++) {
        const uint8_t *x3 = x2 + i2 * p->strides[2];
        for (int32_t i3 = 0; i3 < p->extents[3]; i3++) {
          const uint8_t *x4 = x3 + i3 * p->strides[3];
          for (int32_t i4 = 0; i4 < p->extents[4]; i4++) {
            const uint8_t *x5 = x4 + i4 * p->strides[4];
            for (int32_t i5 = 0; i5 < p->extents[5]; i5++) {
              memcpy(y, x5 + i5 * p->strides[5], (size_t)p->run);
              y += p->run;
            }
          }
        }
      }
    }
  }
}
