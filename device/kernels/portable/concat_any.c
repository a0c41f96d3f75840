#include <string.h>

#include "portable/common.h"

/* Joins tensors along a dimension: each row of the output is a run of every input, in order. */
typedef struct {
  int32_t count; /* inputs */
  int32_t rows;  /* product of the dimensions before the joined one */
  int32_t pitch; /* bytes of an output row */
} mote_concat_any_t;

/* runs: bytes that each input gives to a row. */
MOTE_KERNEL void mote_concat_any(const mote_concat_any_t *p, const void *const *inputs, const int32_t *runs, void *y) {
  uint8_t *start = (uint8_t *)y;
  for (int32_t i = 0; i < p->count; i++) {
    const uint8_t *x = (const uint8_t *)inputs[i];
    const int32_t run = runs[i];
    for (int32_t row = 0; row < p->rows; row++) {
      memcpy(start + row * p->pitch, x + row * run, (size_t)run);
    }
    start += run;
  }
}
