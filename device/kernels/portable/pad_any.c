#include <string.h>

#include "portable/common.h"

/* Surrounds a tensor with a value. The input is read and the output written in order, so every padding is a number of
 * output bytes before and after what a dimension's loop writes; the last dimension is one run. */
typedef struct {
  int32_t extents[4]; /* of the input, outermost first */
  int32_t before[5];  /* bytes */
  int32_t after[5];   /* bytes */
  int32_t run;        /* bytes of the input that stay together */
  int32_t element;    /* bytes of the value */
} mote_pad_any_t;

MOTE_KERNEL uint8_t *mote_pad_fill(uint8_t *y, int32_t bytes, const uint8_t *value, int32_t element) {
  if (element == 1) {
    memset(y, value[0], (size_t)bytes);
  } else {
    for (int32_t i = 0; i < bytes; i += element) {
      memcpy(y + i, value, (size_t)element);
    }
  }
  return y + bytes;
}

MOTE_KERNEL void mote_pad_any(const mote_pad_any_t *p, const void *input, const void *padding, void *output) {
  const uint8_t *x = (const uint8_t *)input;
  const uint8_t *value = (const uint8_t *)padding;
  const int32_t element = p->element;
  uint8_t *y = mote_pad_fill((uint8_t *)output, p->before[0], value, element);
  for (int32_t i0 = 0; i0 < p->extents[0]; i0++) {
    y = mote_pad_fill(y, p->before[1], value, element);
    for (int32_t i1 = 0; i1 < p->extents[1]; i1++) {
      y = mote_pad_fill(y, p->before[2], value, element);
      for (int32_t i2 = 0; i2 < p->extents[2]; i2++) {
        y = mote_pad_fill(y, p->before[3], value, element);
        for (int32_t i3 = 0; i3 < p->extents[3]; i3++) {
          y = mote_pad_fill(y, p->before[4], value, element);
          memcpy(y, x, (size_t)p->run);
          x += p->run;
          y = mote_pad_fill(y + p->run, p->after[4], value, element);
        }
        y = mote_pad_fill(y, p->after[3], value, element);
      }
      y = mote_pad_fill(y, p->after[2], value, element);
    }
    y = mote_pad_fill(y, p->after[1], value, element);
  }
  (void)mote_pad_fill(y, p->after[0], value, element);
}
