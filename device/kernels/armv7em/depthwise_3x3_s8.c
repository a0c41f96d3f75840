#include "armv7em/depthwise_3x3.h"

/* Depthwise 3x3 convolution, stride 1 or 2 along the rows of planes; see depthwise.h for parameters and scratch.
 * stream: for every output channel nine taps, its multiplier, and its bias (with -input_zero * sum(taps)) times 32 plus
 * its right shift; without padding. The output may lie in the place of the input where no band overwrites rows that are
 * still to be widened. */
#define MOTE_DSP_DEPTHWISE_SQUARE(name)                                                                 \
  typedef mote_depthwise_layer_t mote_dsp_depthwise_##name##_s8_t;                                      \
  MOTE_SHARED void mote_dsp_depthwise_##name##_s8(const mote_depthwise_layer_t *p, const int8_t *x,     \
                                                  const int32_t *stream, int8_t *y, int32_t *scratch) { \
    mote_depthwise(p, x, (const int8_t *)stream, y, (int8_t *)scratch, 17,                              \
                   mote_depthwise_##name);                                                              \
  }

MOTE_DSP_DEPTHWISE_SQUARE(3x3)
MOTE_DSP_DEPTHWISE_SQUARE(3x3_clamp)
MOTE_DSP_DEPTHWISE_SQUARE(3x3_rectified)
MOTE_DSP_DEPTHWISE_SQUARE(3x3_stride_2)
MOTE_DSP_DEPTHWISE_SQUARE(3x3_stride_2_clamp)
MOTE_DSP_DEPTHWISE_SQUARE(3x3_stride_2_rectified)
