#include <string.h>

#include "portable/common.h"

/* Cuts a tensor along a dimension: each output gets a run of every row of the input, in order. */
typedef struct {
  int32_t count; /* outputs */
  int32_t rows;  /* product of the dimensions before the cut one */
  int32_t pitch; /* bytes of an input row */
} mote_split_any_t;

/* runs: bytes that each output gets of a row. */
MOTE_KERNEL void mote_split_any(const mote_split_any_t *p, const void *x, const int32_t *runs, void *const *outputs) {
  const uint8_t *start = (const uint8_t *)x;
  for (int32_t i = 0; i < p->count; i++) {
    uint8_t *y = (uint8_t *)outputs[i];
    const int32_t run = runs[i];
    for (int32_t row = 0; row < p->rows; row++) {
      memcpy(y + row * run, start + row * p->pitch, (size_t)run);
    }
    start += run;
  }
}
