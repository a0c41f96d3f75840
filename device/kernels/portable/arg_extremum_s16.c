#include "portable/common.h"

/* Index of the first largest or smallest of int16_t elements along one dimension. */
typedef struct {
  int32_t outer;   /* product of the dimensions before it */
  int32_t depth;   /* its extent */
  int32_t inner;   /* product of the dimensions after it */
  int32_t largest; /* 1: maximum; 0: minimum */
  int32_t wide;    /* 1: indices are int64; 0: int32 */
} mote_arg_extremum_s16_t;

MOTE_KERNEL void mote_arg_extremum_s16(const mote_arg_extremum_s16_t *p, const int16_t *x, void *y) {
  for (int32_t i = 0, o = 0; i < p->outer; ++i) {
    for (int32_t j = 0; j < p->inner; ++j, ++o) {
      const int16_t *line = x + i * p->depth * p->inner + j;
      int16_t best = line[0];
      int32_t index = 0;
      for (int32_t d = 1; d < p->depth; ++d) {
        const int16_t value = line[d * p->inner];
        if (p->largest != 0 ? value > best : value < best) {
          best = value;
          index = d;
        }
      }
      if (p->wide != 0) {
        ((int64_t *)y)[o] = index;
      } else {
        ((int32_t *)y)[o] = index;
      }
    }
  }
}
