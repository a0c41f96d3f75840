/* Three pixels times all output channels, whose weights are stored without the groups that are zero. */
#ifndef MOTE_ARMV7EM_SPARSE_3_S8_H
#define MOTE_ARMV7EM_SPARSE_3_S8_H

#include "armv7em/matrix_3x2_s8.h"
#include "armv7em/sparse_s8.h"

static __attribute__((noinline, unused)) void mote_sparse_3_channels(const mote_matrix_3x2_t *m, const int32_t *stream) {
  for (int8_t *y = m->y; y != m->end; ++y) {
    const int32_t multiplier = stream[1];
    const int32_t right = stream[2] & 31;
    int32_t sums[3];
    stream = mote_sparse_3(m->columns, stream, sums);
    /* from the last pixel to the first, for one that is not there has the place of the one before */
    y[m->third] = (int8_t)mote_clamp(mote_requantize_right_doubled(sums[2], multiplier, right, m->zero), m->low, m->high);
    y[m->second] = (int8_t)mote_clamp(mote_requantize_right_doubled(sums[1], multiplier, right, m->zero), m->low, m->high);
    y[0] = (int8_t)mote_clamp(mote_requantize_right_doubled(sums[0], multiplier, right, m->zero), m->low, m->high);
  }
}

#endif
